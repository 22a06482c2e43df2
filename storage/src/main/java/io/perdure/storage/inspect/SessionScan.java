package io.perdure.storage.inspect;

import io.perdure.storage.Command;
import io.perdure.storage.Message;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.proto.SessionValue;
import org.jspecify.annotations.Nullable;

/** All sessions, or one. Queues are counted only so far, lest this reads the whole store. */
final class SessionScan extends LookaheadScan<SessionView> {

    /** Entries that were not sent are counted up to so many. */
    static final int MAX_COUNTED = 10_000;

    private final Engine engine;
    private final StoreInfo info;
    private final SessionWalk sessions;
    private final Follower subscriptions;
    private final Follower cursors;
    private final Follower inbound;
    private final Follower queue;

    SessionScan(Engine engine, StoreInfo info, @Nullable String clientId) {
        this.engine = engine;
        this.info = info;
        sessions = new SessionWalk(engine, clientId);
        subscriptions = new Follower(engine, Family.SUBSCRIPTION);
        cursors = new Follower(engine, Family.CURSOR);
        inbound = new Follower(engine, Family.INBOUND);
        queue = new Follower(engine, Family.QUEUE);
    }

    @Override
    @Nullable
    SessionView advance() {
        SessionWalk.Row row = sessions.next();
        if (row == null) {
            return null;
        }
        SessionValue value = row.value();
        byte[] prefix = row.prefix();
        boolean connected = connected(info, value);
        long offlineSinceMs = connected ? 0 : offlineSinceMs(info, value);
        long expiryS = Integer.toUnsignedLong(value.getExpiryS());
        CursorState cursor = CursorState.read(cursors, prefix);
        QueueCount count = count(row, prefix, cursor);
        return new SessionView(
                row.clientId(),
                row.sessionId(),
                connected,
                offlineSinceMs,
                expiryS,
                connected ? Message.NEVER : expiresAtMs(offlineSinceMs, expiryS),
                rows(subscriptions, prefix),
                count.queued(),
                count.exact() && (expiryS != 0 || count.queued() == 0),
                count.inFlight(),
                rows(inbound, prefix),
                cursor.head(),
                cursor.sentLimit());
    }

    /** Whether a connection is attached: of a stopped store none is, whatever the last state was. */
    static boolean connected(StoreInfo info, SessionValue value) {
        return info.mode() == StoreInfo.Mode.LIVE && value.getDetachedAtMs() == 0;
    }

    /** When the connection ended; if nobody saw it, when the broker did. */
    static long offlineSinceMs(StoreInfo info, SessionValue value) {
        return value.getDetachedAtMs() == 0
                ? Math.max(info.lastAliveMs(), value.getAttachedAtMs())
                : value.getDetachedAtMs();
    }

    /** When a session ends that is offline. */
    static long expiresAtMs(long offlineSinceMs, long expiryS) {
        return expiryS == Command.NO_EXPIRY ? Message.NEVER : offlineSinceMs + expiryS * 1000;
    }

    private static long rows(Follower family, byte[] prefix) {
        long count = 0;
        boolean more = family.seek(prefix);
        while (more && family.within(prefix)) {
            count++;
            more = family.next();
        }
        return count;
    }

    private record QueueCount(long queued, long inFlight, boolean exact) {}

    private QueueCount count(SessionWalk.Row session, byte[] prefix, CursorState cursor) {
        long waiting = 0;
        long sent = 0;
        long inFlight = 0;
        boolean more = queue.seek(Keys.queue(session.slot(), session.sessionId(), cursor.head()));
        while (more && queue.within(prefix)) {
            long sequence = Keys.sequence(queue.key());
            if (!cursor.finished(sequence)) {
                if (sequence >= cursor.sentLimit()) {
                    waiting++;
                } else {
                    sent++;
                    inFlight += Entries.parse(queue.value(), Family.QUEUE).getQos() == 0 ? 0 : 1;
                }
            }
            if (waiting == MAX_COUNTED) {
                return new QueueCount(sent + waiting + beyond(prefix, sequence), inFlight, false);
            }
            more = queue.next();
        }
        return new QueueCount(sent + waiting, inFlight, true);
    }

    private long beyond(byte[] prefix, long sequence) {
        byte[] last = engine.lastKey(Family.QUEUE.index(), prefix, Keys.after(prefix));
        return last == null ? 0 : Keys.sequence(last) - sequence;
    }

    @Override
    public void close() {
        queue.close();
        inbound.close();
        cursors.close();
        subscriptions.close();
        sessions.close();
    }
}
