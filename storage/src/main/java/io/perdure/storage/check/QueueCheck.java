package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import org.jspecify.annotations.Nullable;

/** Checks the queue of one session after the other against its cursor and the bodies. For one thread. */
final class QueueCheck implements AutoCloseable {

    private static final int MAX_QOS = 2;

    /** No queue has a hole as large as this; a row beyond one is out of place. */
    private static final long MAX_GAP = 1 << 30;

    private final OwnedRows queue;
    private final Tally tally;
    private final Bodies bodies;
    private final Deadlines deadlines;

    QueueCheck(OwnedRows queue, Tally tally, Bodies bodies, Deadlines deadlines) {
        this.queue = queue;
        this.tally = tally;
        this.bodies = bodies;
        this.deadlines = deadlines;
    }

    /**
     * Checks the queue of a session. What is missing or unusable is finished in the cursor.
     *
     * @return whether it holds what came by a Shared Subscription
     */
    boolean check(SessionRow s, CursorModel cursor) {
        boolean lostCursor = s.outlivesConnections() && !cursor.isPositioned();
        boolean shares = false;
        long next = cursor.head();
        for (byte[] prefix = s.prefix(); queue.isAt(prefix); queue.next()) {
            long sequence = Keys.sequence(queue.key());
            if (lostCursor) {
                if (!cursor.isPositioned()) {
                    cursor.assumeHead(sequence);
                    next = sequence;
                }
                cursor.assumeSent(sequence);
            }
            if (cursor.isPositioned() && cursor.isFinished(sequence)) {
                tally.garbage(Family.QUEUE, queue.key(), queue.value());
                continue;
            }
            if (cursor.isPositioned() && sequence - next > MAX_GAP) {
                bad(s, "it is out of place: the sequence before it is " + (next - 1));
                continue;
            }
            if (cursor.isPositioned() && s.outlivedAllConnections()) {
                finishMissing(s, cursor, next, sequence);
            }
            next = sequence + 1;
            EntryValue entry = usable(s, sequence);
            if (entry == null) {
                cursor.finish(sequence);
            } else {
                shares |= !entry.getShare().isEmpty();
                keep(s, sequence, entry);
            }
        }
        if (lostCursor && !cursor.isPositioned()) {
            cursor.assumeHead(1);
        }
        if (queue.isIncomplete(s.prefix())) {
            tally.found(new Finding.Incomplete(Family.QUEUE, s.clientId()));
        }
        return shares;
    }

    /** Looks for sequences of {@code [from, to)} that are not finished: their rows are not there. */
    private void finishMissing(SessionRow s, CursorModel cursor, long from, long to) {
        long first = 0;
        long last = 0;
        long count = 0;
        for (long sequence = from; sequence < to; sequence++) {
            // of one that was received only its PUBREL is owed, for which no row is needed
            if (!cursor.isFinished(sequence) && !cursor.isReleased(sequence)) {
                first = count == 0 ? sequence : first;
                last = sequence;
                count++;
                cursor.finish(sequence);
            }
        }
        if (count > 0) {
            tally.found(new Finding.LostEntries(s.clientId(), first, last + 1, count));
        }
    }

    /** The entry that the cursor is at, or null if it can't be delivered. */
    private @Nullable EntryValue usable(SessionRow s, long sequence) {
        EntryValue entry;
        try {
            entry = Values.parse(EntryValue.parser(), queue.value(), Family.QUEUE);
        } catch (StoreException e) {
            bad(s, String.valueOf(e.getMessage()));
            return null;
        }
        if (entry.getQos() > MAX_QOS) {
            bad(s, "its QoS is " + entry.getQos());
            return null;
        }
        long bodyId = entry.getBodyId();
        if (bodyId == 0 && entry.getMessage().getTopic().isEmpty()) {
            bad(s, "it holds no message");
            return null;
        }
        if (bodyId != 0 && !bodies.use(bodyId)) {
            tally.found(new Finding.MissingBody(s.clientId(), sequence, bodyId));
            return null;
        }
        return entry;
    }

    private void keep(SessionRow s, long sequence, EntryValue entry) {
        tally.queued++;
        tally.keep(Family.QUEUE, queue.key(), queue.value());
        long bodyId = entry.getBodyId();
        long deadlineMs = bodyId == 0 ? entry.getMessage().getExpiresAtMs() : bodies.deadlineMs(bodyId);
        if (deadlineMs != 0) {
            deadlines.expects(
                    Family.QUEUE, Keys.EXPIRES_QUEUE, queue.key(), deadlineMs, s.clientId(), "sequence " + sequence);
        }
    }

    private void bad(SessionRow s, String problem) {
        tally.found(new Finding.BadRow(
                Family.QUEUE, s.clientId(), Texts.withinSession(Family.QUEUE, queue.key()), problem));
    }

    void end() {
        queue.end();
    }

    @Override
    public void close() {
        queue.close();
    }
}
