package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.proto.EntryValue;
import org.jspecify.annotations.Nullable;

/**
 * The unfinished entries of queues, session by session, in order of sequence. Sessions that end with their connection have
 * no stored cursor, so what is finished of their rows can't be told: they are left out.
 */
final class QueueScan extends LookaheadScan<QueueEntryView> {

    private final SessionWalk sessions;
    private final Follower cursors;
    private final Follower queue;
    private final Entries entries;
    private final boolean inFlightOnly;

    private SessionWalk.@Nullable Row session;
    private byte[] prefix = {};
    private @Nullable CursorState cursor;

    /** @param inFlightOnly leave out what was not sent, and QoS 0, of which nothing is awaited */
    QueueScan(Engine engine, @Nullable String clientId, boolean inFlightOnly) {
        this.inFlightOnly = inFlightOnly;
        sessions = new SessionWalk(engine, clientId);
        cursors = new Follower(engine, Family.CURSOR);
        queue = new Follower(engine, Family.QUEUE);
        entries = new Entries(engine);
    }

    @Override
    @Nullable
    QueueEntryView advance() {
        while (true) {
            SessionWalk.Row current = session;
            CursorState at = cursor;
            if (current == null || at == null) {
                if (!nextSession()) {
                    return null;
                }
                continue;
            }
            if (!queue.within(prefix)) {
                session = null;
                continue;
            }
            long sequence = Keys.sequence(queue.key());
            if (inFlightOnly && sequence >= at.sentLimit()) {
                session = null;
                continue;
            }
            QueueEntryView view = at.finished(sequence) ? null : view(current.clientId(), sequence, at);
            queue.next();
            if (view != null) {
                return view;
            }
        }
    }

    private boolean nextSession() {
        SessionWalk.Row next = sessions.next();
        while (next != null && next.value().getExpiryS() == 0) {
            next = sessions.next();
        }
        if (next == null) {
            return false;
        }
        session = next;
        prefix = next.prefix();
        CursorState at = CursorState.read(cursors, prefix);
        cursor = at;
        queue.seek(Keys.queue(next.slot(), next.sessionId(), at.head()));
        return true;
    }

    private @Nullable QueueEntryView view(String clientId, long sequence, CursorState at) {
        EntryValue value = Entries.parse(queue.value(), Family.QUEUE);
        if (inFlightOnly && value.getQos() == 0) {
            return null;
        }
        return new QueueEntryView(clientId, entries.entry(sequence, value), at.step(sequence));
    }

    @Override
    public void close() {
        queue.close();
        cursors.close();
        sessions.close();
    }
}
