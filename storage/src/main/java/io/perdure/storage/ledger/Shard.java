package io.perdure.storage.ledger;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Router;
import io.perdure.storage.Subscription;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.ShareOrigin;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger knows: the sessions, the identifiers, the timers; and the group to which changes go. Owned by the
 * ledger's thread.
 */
final class Shard {

    /** Identifiers are reserved in the store in blocks of this many, so that none is used again after a crash. */
    private static final long SESSION_IDS = 1 << 10;

    private static final long POSITIONS = 1 << 20;

    final Engine engine;
    final Router router;
    final Group group;
    final SpaceGauge space;
    final Reclaimer reclaimer;

    private final SessionTable sessions = new SessionTable();
    /** Sessions with a timer, the one that is due first in front. */
    private final TreeSet<SessionState> timers = new TreeSet<>(
            (a, b) -> a.timerMs == b.timerMs ? Long.compare(a.id, b.id) : Long.compare(a.timerMs, b.timerMs));

    private long nextSessionId = 1;
    private long sessionIdLimit = 1;
    private long nextPosition = 1;
    private long positionLimit = 1;
    private int connections;
    private boolean bodiesMayBeUnused = true;
    /** No row expires before. */
    private long nextDeadlineMs = Long.MAX_VALUE;

    Shard(Engine engine, Router router, Group group, SpaceGauge space, Reclaimer reclaimer) {
        this.engine = engine;
        this.router = router;
        this.group = group;
        this.space = space;
        this.reclaimer = reclaimer;
    }

    Rows rows() {
        return group.rows();
    }

    @Nullable
    SessionState find(String clientId) {
        return sessions.find(clientId);
    }

    @Nullable
    SessionState find(long sessionId) {
        return sessions.find(sessionId);
    }

    SessionTable sessions() {
        return sessions;
    }

    void add(SessionState s) {
        sessions.add(s);
    }

    void remove(SessionState s) {
        schedule(s, Long.MAX_VALUE);
        sessions.remove(s);
    }

    /** Entries of a session below a sequence have gone, and with them perhaps the last references to shared bodies. */
    void entriesGone(SessionState s, long below) {
        bodiesMayBeUnused = true;
        reclaimer.freed(Family.QUEUE, Keys.queue(s.slot, s.id, 0), Keys.queue(s.slot, s.id, below));
    }

    boolean bodiesMayBeUnused() {
        return bodiesMayBeUnused;
    }

    void bodiesSwept() {
        bodiesMayBeUnused = false;
    }

    int connections() {
        return connections;
    }

    void connectionAdded() {
        connections++;
    }

    void connectionRemoved() {
        connections--;
    }

    long newSessionId() {
        if (nextSessionId == sessionIdLimit) {
            sessionIdLimit += SESSION_IDS;
            storeLimits();
        }
        return nextSessionId++;
    }

    /** The next place in the order of all messages; also the id of a body that is stored once for many. */
    long newPosition() {
        if (nextPosition == positionLimit) {
            positionLimit += POSITIONS;
            storeLimits();
        }
        return nextPosition++;
    }

    /** All positions below were given. */
    long nextPosition() {
        return nextPosition;
    }

    private void storeLimits() {
        rows().limits(sessionIdLimit, positionLimit);
        group.mustSync();
    }

    /** For recovery: nothing at or past these was ever given. */
    void loadLimits(long sessionIds, long positions) {
        nextSessionId = sessionIdLimit = sessionIds;
        nextPosition = positionLimit = positions;
    }

    long nextDeadlineMs() {
        return nextDeadlineMs;
    }

    void setNextDeadline(long deadlineMs) {
        nextDeadlineMs = deadlineMs;
    }

    /** The row expires. */
    void expires(long deadlineMs, byte kind, byte[] rowKey) {
        rows().expiry(deadlineMs, kind, rowKey);
        nextDeadlineMs = Math.min(nextDeadlineMs, deadlineMs);
    }

    /** Sets the one timer of a session, for its expiry or its Will; {@link Long#MAX_VALUE} for none. */
    void schedule(SessionState s, long dueMs) {
        timers.remove(s);
        s.timerMs = dueMs;
        if (dueMs != Long.MAX_VALUE) {
            timers.add(s);
        }
    }

    /** The next session whose timer is due, or null. */
    @Nullable
    SessionState pollDue(long nowMs) {
        if (nextTimerMs() > nowMs) {
            return null;
        }
        SessionState s = timers.first();
        schedule(s, Long.MAX_VALUE);
        return s;
    }

    long nextTimerMs() {
        return timers.isEmpty() ? Long.MAX_VALUE : timers.first().timerMs;
    }

    /** Looks up the end of the queue if it is not known yet. */
    long tail(SessionState s) {
        if (s.tail == SessionState.UNKNOWN) {
            byte[] last = engine.lastKey(
                    Family.QUEUE.index(), Keys.queue(s.slot, s.id, 0), Keys.queue(s.slot, s.id, Long.MAX_VALUE));
            long stored = last == null ? 0 : Keys.sequence(last);
            s.queueStored |= last != null;
            // the last entries may have expired: their rows are gone, their sequences are used up
            long end = Math.max(stored + 1, s.cursor.finishedEnd());
            s.tail = Math.max(end, s.cursor.sentLimit());
            if (end < s.tail) {
                // given to nobody, or lost with messages that nobody acknowledged: the identifiers stay unused
                s.cursor.finishRange(end, s.tail);
                group.cursorChanged(s);
            }
        }
        return s.tail;
    }

    /**
     * Appends a message to the queue of a session.
     *
     * @param bodyId 0 to store the message with the entry
     * @param origin the Shared Subscription that it came by, or null
     */
    void enqueue(
            SessionState s, Message m, int qos, boolean retain, int[] ids, long bodyId, @Nullable ShareOrigin origin) {
        long sequence = tail(s);
        Entry e = new Entry(sequence, m, qos, retain, ids, bodyId);
        if (s.connected()) {
            if (s.outgoing == null) {
                group.delivers(s);
            }
            s.deliver(e, sequence);
        }
        s.tail = sequence + 1;
        s.queueStored = true;
        s.appendedInGroup = group.number();
        rows().entry(s, e, origin);
        if (m.expiresAtMs() != Message.NEVER) {
            expires(m.expiresAtMs(), Keys.EXPIRES_QUEUE, Keys.queue(s.slot, s.id, sequence));
        }
        group.mustSyncFor(s);
    }

    /** Delivers at QoS 0 to a connected session; nothing is stored. */
    void deliverUnqueued(SessionState s, Message m, boolean retain, int[] ids) {
        if (s.connected()) {
            if (s.outgoing == null) {
                group.delivers(s);
            }
            s.deliver(new Entry(Entry.UNQUEUED, m, 0, retain, ids, 0), tail(s));
        }
    }

    void subscribe(SessionState s, Subscription subscription) {
        s.putSubscription(subscription);
        router.add(subscription);
    }

    void unsubscribe(SessionState s, Subscription subscription) {
        s.removeSubscription(subscription.fullFilter());
        router.remove(subscription);
    }

    /** Takes all subscriptions out of the router again, when the store can't be loaded. */
    void withdraw() {
        sessions().forEach(s -> s.subscriptions().values().forEach(router::remove));
    }
}
