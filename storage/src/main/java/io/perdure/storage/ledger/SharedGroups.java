package io.perdure.storage.ledger;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Route;
import io.perdure.storage.Subscription;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shared Subscriptions: which member gets a message, and the queue of what no connected member can take. Owned by the
 * ledger's thread.
 *
 * <p>A message goes to the connected members in turn. It waits in the group's queue while none is connected, while each
 * has {@link #MEMBER_LIMIT} unfinished messages, or while others wait. Giving a waiting message to a member is one
 * durable move. When the session of a member ends, what it has not acknowledged goes back, except QoS 2 messages that it
 * may have received [MQTT-4.8.2-5].
 */
final class SharedGroups {

    /** A member with this many unfinished messages gets no more from its groups until it has acknowledged some. */
    static final int MEMBER_LIMIT = 1000;

    /** Waiting messages that are given out in one group of the ledger. */
    private static final int PAGE = 256;

    private final Shard shard;
    private final Map<String, SharedGroup> groups = new HashMap<>();
    private final Set<SharedGroup> waiting = new LinkedHashSet<>();
    /** Of those that wait, the ones of which a member may be able to take something now. */
    private final Set<SharedGroup> ready = new LinkedHashSet<>();

    private static final class SharedGroup {
        final String fullFilter;
        final List<Member> members = new ArrayList<>();
        int turn;
        long first = 1;
        long next = 1;

        SharedGroup(String fullFilter) {
            this.fullFilter = fullFilter;
        }
    }

    private record Member(SessionState session, Subscription subscription) {}

    SharedGroups(Shard shard) {
        this.shard = shard;
    }

    /** The session has subscribed, perhaps again. */
    void join(SessionState s, Subscription subscription) {
        SharedGroup g = groups.computeIfAbsent(subscription.fullFilter(), SharedGroup::new);
        g.members.removeIf(m -> m.session() == s);
        g.members.add(new Member(s, subscription));
        memberReady(s);
    }

    /** The session was attached, or has finished messages: perhaps it can take more. */
    void memberReady(SessionState s) {
        if (waiting.isEmpty() || !s.shared) {
            return;
        }
        for (Subscription subscription : s.subscriptions().values()) {
            SharedGroup g = subscription.shareName() == null ? null : groups.get(subscription.fullFilter());
            if (g != null && waiting.contains(g)) {
                ready.add(g);
            }
        }
    }

    /** The session has unsubscribed or ended; what waits for a group without members is dropped. */
    void leave(SessionState s, Subscription subscription) {
        SharedGroup g = groups.get(subscription.fullFilter());
        if (g == null || !g.members.removeIf(m -> m.session() == s) || !g.members.isEmpty()) {
            return;
        }
        groups.remove(g.fullFilter);
        ready.remove(g);
        if (waiting.remove(g)) {
            shard.rows().removeGroupEntries(g.fullFilter, g.first, g.next);
        }
    }

    void publish(Route.Share share, Message m) {
        SharedGroup g = groups.get(share.fullFilter());
        if (g == null) {
            return;
        }
        Member member = waiting.contains(g) && m.qos() > 0 ? null : choose(g, m.qos() == 0);
        if (member != null) {
            give(g, member, m);
        } else if (m.qos() > 0) {
            append(g, m);
        }
    }

    private @Nullable Member choose(SharedGroup g, boolean withoutLimit) {
        for (int i = 0; i < g.members.size(); i++) {
            g.turn = (g.turn + 1) % g.members.size();
            Member member = g.members.get(g.turn);
            SessionState s = member.session();
            if (s.connected() && (withoutLimit || s.cursor.unfinishedBelow(shard.tail(s)) < MEMBER_LIMIT)) {
                return member;
            }
        }
        return null;
    }

    private void give(SharedGroup g, Member member, Message m) {
        int qos = Math.min(m.qos(), member.subscription().maximumQos());
        int id = member.subscription().subscriptionId();
        int[] ids = id == 0 ? Entry.NO_IDS : new int[] {id};
        if (qos == 0) {
            shard.deliverUnqueued(member.session(), m, false, ids);
        } else {
            shard.enqueue(member.session(), m, qos, false, ids, 0, g.fullFilter);
        }
    }

    private void append(SharedGroup g, Message m) {
        long sequence = g.next++;
        shard.rows().groupEntry(g.fullFilter, new Entry(sequence, m, m.qos(), false, Entry.NO_IDS, 0));
        if (m.expiresAtMs() != Message.NEVER) {
            shard.expires(m.expiresAtMs(), Keys.EXPIRES_GROUP, Keys.group(g.fullFilter, sequence));
        }
        shard.group.mustSync();
        waiting.add(g);
        ready.add(g);
    }

    /**
     * Gives out waiting messages, a page of each group at most. To be called when all rows are committed.
     *
     * @return whether there may be more to give out at once
     */
    boolean giveOut(long nowMs) {
        if (!ready.isEmpty()) {
            ready.removeIf(g -> !giveOut(g, nowMs));
        }
        return !ready.isEmpty();
    }

    /** Whether there may be more to give out at once. */
    private boolean giveOut(SharedGroup g, long nowMs) {
        if (choose(g, false) == null) {
            return false;
        }
        int given = 0;
        try (Engine.Rows rows = scan(g)) {
            while (given < PAGE && rows.next()) {
                Message m = Values.message(Values.parse(EntryValue.parser(), rows.value(), Family.GROUP)
                        .getMessage());
                if (!m.expired(nowMs)) {
                    Member member = choose(g, false);
                    if (member == null) {
                        return false;
                    }
                    give(g, member, m);
                }
                long sequence = Keys.sequence(rows.key());
                shard.rows().removeGroupEntry(g.fullFilter, sequence);
                g.first = sequence + 1;
                given++;
            }
        }
        if (given < PAGE) {
            waiting.remove(g);
            return false;
        }
        return true;
    }

    private Engine.Rows scan(SharedGroup g) {
        return shard.engine.scan(
                Family.GROUP.index(), Keys.group(g.fullFilter, g.first), Keys.group(g.fullFilter, Long.MAX_VALUE));
    }

    /** Takes back what an ending session has not finished. To be called when all its rows are committed. */
    void takeBack(SessionState s, long nowMs) {
        byte[] from = Keys.queue(s.slot, s.id, s.cursor.head());
        byte[] to = Keys.queue(s.slot, s.id, Long.MAX_VALUE);
        try (Engine.Rows rows = shard.engine.scan(Family.QUEUE.index(), from, to)) {
            while (rows.next()) {
                long sequence = Keys.sequence(rows.key());
                EntryValue v = Values.parse(EntryValue.parser(), rows.value(), Family.QUEUE);
                SharedGroup g = groups.get(v.getShare());
                boolean mayHaveReceived = v.getQos() == 2 && sequence < s.cursor.sentLimit();
                if (g == null || mayHaveReceived || s.cursor.isFinished(sequence)) {
                    continue;
                }
                Message m = Values.message(v.getMessage());
                if (!m.expired(nowMs)) {
                    append(g, m);
                }
            }
        }
    }

    /** For recovery, when all members have joined: looks which groups have messages waiting, and drops the others'. */
    void load() {
        try (Engine.Rows rows = shard.engine.scan(Family.GROUP.index(), new byte[0], null)) {
            boolean onRow = rows.next();
            while (onRow) {
                String fullFilter = Keys.groupFilter(rows.key());
                byte[] end = Keys.group(fullFilter, Long.MAX_VALUE);
                SharedGroup g = groups.get(fullFilter);
                if (g == null) {
                    // all its members ended with the broker
                    shard.rows().removeGroupEntries(fullFilter, 0, Long.MAX_VALUE);
                } else {
                    byte[] last = shard.engine.lastKey(Family.GROUP.index(), rows.key(), end);
                    g.first = Keys.sequence(rows.key());
                    g.next = (last == null ? g.first : Keys.sequence(last)) + 1;
                    waiting.add(g);
                }
                onRow = rows.seek(end);
            }
        }
    }
}
