package io.perdure.storage.ledger;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Route;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.Subscription;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.ShareOrigin;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Shared Subscriptions: which member gets a message, and the queue of what no connected member can take. Owned by the
 * ledger's thread.
 *
 * <p>A message goes to a connected member that has send quota left, chosen by {@link ShareStrategy}. It waits in the
 * group's queue while there is none, and while others wait. Giving a waiting message to a member is one durable move.
 * Nothing is given beyond the quota, so what a member that is stuck holds back is bounded, and the rest is there for the
 * next that can take it.
 *
 * <p>When the session of a member ends, what it has not acknowledged goes back to the front of the queue, except QoS 2
 * messages that it may have received [MQTT-4.8.2-5]. When a connection ends and the session stays, what was surely never
 * sent goes back too.
 */
final class SharedGroups {

    /** A member gets no more at a time than this, also if its Receive Maximum is larger. */
    static final int MEMBER_LIMIT = 1000;

    private static final int LARGEST_RECEIVE_MAXIMUM = 65_535;

    /** Waiting messages of one group that are given out at a time. */
    private static final int PAGE_ENTRIES = 1024;

    private static final long PAGE_BYTES = 1 << 20;

    private final Shard shard;
    private final ShareStrategy strategy;
    private final Map<String, SharedGroup> groups = new HashMap<>();
    /** Those of which messages wait that a member may be able to take now. */
    private final ArrayDeque<SharedGroup> ready = new ArrayDeque<>();

    SharedGroups(Shard shard, ShareStrategy strategy) {
        this.shard = shard;
        this.strategy = strategy;
    }

    /** The session has subscribed, perhaps again. */
    void join(SessionState s, Subscription subscription) {
        SharedGroup g = groups.computeIfAbsent(subscription.fullFilter(), f -> new SharedGroup(f, strategy));
        g.join(s, subscription);
        list(g);
    }

    /** The session has unsubscribed or ended; what waits for a group without members is dropped. */
    void leave(SessionState s, Subscription subscription) {
        SharedGroup g = groups.get(subscription.fullFilter());
        if (g == null) {
            return;
        }
        g.leave(s);
        if (g.hasMembers()) {
            list(g);
            return;
        }
        groups.remove(g.fullFilter);
        if (g.isWaiting()) {
            shard.rows().removeGroupEntries(g.key(g.first()), g.key(g.end()));
            g.setFirst(g.end());
        }
    }

    /** The session was attached to a connection. */
    void attached(SessionState s) {
        for (Member member : s.memberships()) {
            member.group.connected(member);
            list(member.group);
        }
    }

    /** The connection of the session has ended. */
    void detached(SessionState s) {
        for (Member member : s.memberships()) {
            member.group.disconnected(member);
        }
    }

    /** The session, which is attached, has finished messages. */
    void freed(SessionState s) {
        for (Member member : s.memberships()) {
            member.group.freed(member);
            list(member.group);
        }
    }

    private void list(SharedGroup g) {
        if (g.isWaiting() && !g.listed) {
            g.listed = true;
            ready.add(g);
        }
    }

    /** @param retain the RETAIN flag of the PUBLISH */
    void publish(Route.Share share, SessionState publisher, Message m, boolean retain) {
        SharedGroup g = groups.get(share.fullFilter());
        if (g == null) {
            return;
        }
        long by = strategy == ShareStrategy.STICKY ? Sticky.hash(publisher.clientId) : 0;
        Member member = g.choose(m.qos(), by);
        if (member != null) {
            give(member, m, retain, by);
        } else if (m.qos() > 0 && g.keeps()) {
            keep(g, g.append(), m, retain, by);
        }
    }

    private void give(Member member, Message m, boolean retain, long publisher) {
        int qos = Math.min(m.qos(), member.subscription.maximumQos());
        boolean retainFlag = retain && member.subscription.retainAsPublished();
        if (qos == 0) {
            shard.deliverUnqueued(member.session, m, retainFlag, member.subscriptionIds());
        } else {
            ShareOrigin origin = new ShareOrigin(member.group.fullFilter, retain, publisher);
            shard.enqueue(member.session, m, qos, retainFlag, member.subscriptionIds(), 0, origin);
        }
    }

    /** Puts a message into the queue of a group. */
    private void keep(SharedGroup g, long place, Message m, boolean retain, long publisher) {
        byte[] key = g.key(place);
        Entry e = new Entry(place, m, m.qos(), retain, Entry.NO_IDS, 0);
        shard.rows().groupEntry(key, e, new ShareOrigin(null, retain, publisher));
        if (m.expiresAtMs() != Message.NEVER) {
            shard.expires(m.expiresAtMs(), Keys.EXPIRES_GROUP, key);
        }
        shard.group.mustSync();
    }

    /**
     * Gives out waiting messages, as many as one group of the ledger should hold, and a page of each share group at most. To
     * be called when all rows are committed.
     *
     * @return whether there may be more to give out at once
     */
    boolean giveOut(long nowMs) {
        for (int left = ready.size(); left > 0 && !shard.group.isFull(); left--) {
            SharedGroup g = ready.remove();
            if (giveOut(g, nowMs)) {
                ready.add(g);
            } else {
                g.listed = false;
            }
        }
        return !ready.isEmpty();
    }

    /** Whether there may be more to give out at once. */
    private boolean giveOut(SharedGroup g, long nowMs) {
        if (!g.isWaiting()) {
            return false;
        }
        int given = 0;
        long bytes = 0;
        try (Engine.Rows rows = scan(g)) {
            while (rows.next()) {
                if (given == PAGE_ENTRIES || bytes >= PAGE_BYTES) {
                    return true;
                }
                EntryValue v = Values.parse(EntryValue.parser(), rows.value(), Family.GROUP);
                Message m = Values.message(v.getMessage());
                if (!m.expired(nowMs)) {
                    Member member = g.chooseForWaiting(v.getPublisher());
                    if (member == null) {
                        return false;
                    }
                    give(member, m, v.getRetain(), v.getPublisher());
                }
                shard.rows().delete(Family.GROUP, rows.key());
                g.setFirst(Keys.sequence(rows.key()) + 1);
                given++;
                bytes += m.weightBytes();
            }
        }
        g.setFirst(g.end());
        return false;
    }

    private Engine.Rows scan(SharedGroup g) {
        return shard.engine.scan(Family.GROUP.index(), g.key(g.first()), g.key(g.end()));
    }

    /**
     * Takes back what a session that is not attached has of its groups and has not finished, in the order of its queue, to
     * the front of theirs. To be called when all its rows are committed.
     *
     * @param from the first sequence to look at
     * @param commit commits the group that is being built, when it is full: what is committed is moved, each message
     *     whole
     */
    void takeBack(SessionState s, long from, long nowMs, Runnable commit) {
        long tail = shard.tail(s);
        if (from >= tail) {
            return;
        }
        Map<SharedGroup, Long> fronts = new LinkedHashMap<>();
        int unfinished = 0;
        byte[] lower = Keys.queue(s.slot, s.id, from);
        try (Engine.Rows rows = shard.engine.scan(Family.QUEUE.index(), lower, Keys.queue(s.slot, s.id, tail))) {
            // what came by a group had less than a Receive Maximum of unfinished entries before it
            while (unfinished < LARGEST_RECEIVE_MAXIMUM && rows.next()) {
                long sequence = Keys.sequence(rows.key());
                if (s.cursor.isFinished(sequence)) {
                    continue;
                }
                unfinished++;
                EntryValue v = Values.parse(EntryValue.parser(), rows.value(), Family.QUEUE);
                SharedGroup g = v.getShare().isEmpty() ? null : groups.get(v.getShare());
                boolean mayHaveReceived = v.getQos() == 2 && sequence < s.cursor.sentLimit();
                if (g == null || mayHaveReceived) {
                    continue;
                }
                long front = fronts.computeIfAbsent(g, SharedGroup::first);
                takeBack(s, sequence, v, g, g.before(front, tail - sequence), nowMs);
                if (shard.group.isFull()) {
                    commit.run();
                }
            }
        }
        fronts.keySet().forEach(this::list);
    }

    private void takeBack(SessionState s, long sequence, EntryValue v, SharedGroup g, long place, long nowMs) {
        Message m = Values.message(v.getMessage());
        if (!m.expired(nowMs) && g.keeps()) {
            keep(g, place, m, v.getRetainPublished(), v.getPublisher());
        }
        s.cursor.finish(sequence);
        shard.group.cursorChanged(s);
        shard.rows().removeEntry(s, sequence);
    }

    /** For recovery, when all members have joined: looks which groups have messages waiting, and drops the others'. */
    void load() {
        try (Engine.Rows rows = shard.engine.scan(Family.GROUP.index(), new byte[0], null)) {
            boolean onRow = rows.next();
            while (onRow) {
                byte[] first = rows.key();
                byte[] end = Keys.group(first, Long.MAX_VALUE);
                SharedGroup g = groups.get(Keys.groupFilter(first));
                if (g == null) {
                    // all its members ended with the broker
                    shard.rows().removeGroupEntries(first, end);
                } else {
                    byte[] last = shard.engine.lastKey(Family.GROUP.index(), first, end);
                    g.load(Keys.sequence(first), Keys.sequence(last == null ? first : last));
                }
                onRow = rows.seek(end);
            }
        }
    }
}
