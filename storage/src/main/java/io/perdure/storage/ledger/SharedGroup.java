package io.perdure.storage.ledger;

import io.perdure.storage.ShareStrategy;
import io.perdure.storage.Subscription;
import io.perdure.storage.format.Keys;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One Shared Subscription: its members, whose turn it is, and where its queue begins and ends. The messages that wait are
 * in the store. Owned by the ledger's thread; lives while it has members.
 *
 * <p>Members that subscribed with QoS 1 or 2 are the ones that messages wait for. Those with QoS 0 have their turn as long
 * as nothing waits: without acknowledgements nothing paces them, and they would take, and lose, all that waits for others.
 */
final class SharedGroup {

    /** The place of the first message in a queue that was empty: there is room before it for what members leave behind. */
    private static final long FIRST = 10_000_000;

    final String fullFilter;
    private final byte[] key;
    private final Map<SessionState, Member> members = new HashMap<>();
    private final Set<Member> connected = new LinkedHashSet<>();
    private final Turns acknowledging;
    private final Turns unacknowledging;
    private int acknowledgingMembers;
    private int acknowledgingConnected;
    private long turn;
    private long first = FIRST;
    private long next = FIRST;

    /** It is in the list of those that may have something to give out. */
    boolean listed;

    SharedGroup(String fullFilter, ShareStrategy strategy) {
        this.fullFilter = fullFilter;
        this.key = Keys.group(fullFilter, 0);
        this.acknowledging = Turns.of(strategy);
        this.unacknowledging = Turns.of(strategy);
    }

    private Turns turns(Member member) {
        return member.acknowledges() ? acknowledging : unacknowledging;
    }

    /** The session has subscribed, perhaps again. */
    void join(SessionState session, Subscription subscription) {
        Member member = members.get(session);
        if (member == null) {
            member = new Member(this, session, subscription);
            members.put(session, member);
            session.join(member);
        } else {
            disconnected(member);
            acknowledgingMembers -= member.acknowledges() ? 1 : 0;
        }
        member.subscription = subscription;
        acknowledgingMembers += member.acknowledges() ? 1 : 0;
        if (session.connected()) {
            connected(member);
        }
    }

    /** The session has unsubscribed or ended. */
    void leave(SessionState session) {
        Member member = members.remove(session);
        if (member != null) {
            session.leave(member);
            disconnected(member);
            acknowledgingMembers -= member.acknowledges() ? 1 : 0;
        }
    }

    void connected(Member member) {
        if (connected.add(member)) {
            acknowledgingConnected += member.acknowledges() ? 1 : 0;
            turns(member).add(member);
        }
    }

    void disconnected(Member member) {
        if (connected.remove(member)) {
            acknowledgingConnected -= member.acknowledges() ? 1 : 0;
            turns(member).remove(member);
        }
    }

    /** A connected member has finished something. */
    void freed(Member member) {
        turns(member).freed(member);
    }

    boolean hasMembers() {
        return !members.isEmpty();
    }

    /** Whether a message can wait: there is a member that will acknowledge it. */
    boolean keeps() {
        return acknowledgingMembers > 0;
    }

    /** Who gets a message that is published now; null: nobody can take it now. */
    @Nullable
    Member choose(int qos, long publisher) {
        if (acknowledgingConnected == 0) {
            return unacknowledging.next(publisher);
        }
        if (qos > 0 && isWaiting()) {
            return null;
        }
        Member member = acknowledging.next(publisher);
        if (connected.size() > acknowledgingConnected && (member == null ? qos == 0 : isTurnOfOthers(publisher))) {
            return unacknowledging.next(publisher);
        }
        return member == null && qos == 0 ? anyConnected() : member;
    }

    /** Those with QoS 0 have a part that is as large as their number. */
    private boolean isTurnOfOthers(long publisher) {
        long number = publisher == 0 ? turn++ : publisher;
        return Math.floorMod(number, connected.size()) >= acknowledgingConnected;
    }

    /** No quota is needed for QoS 0. */
    private @Nullable Member anyConnected() {
        Iterator<Member> line = connected.iterator();
        if (!line.hasNext()) {
            return null;
        }
        Member member = line.next();
        line.remove();
        connected.add(member);
        return member;
    }

    /** Who gets a message that has waited; null: nobody can take one now. */
    @Nullable
    Member chooseForWaiting(long publisher) {
        return (keeps() ? acknowledging : unacknowledging).next(publisher);
    }

    /** Whether messages may wait. */
    boolean isWaiting() {
        return first < next;
    }

    byte[] key(long sequence) {
        return Keys.group(key, sequence);
    }

    /** All that waits is at or past it. */
    long first() {
        return first;
    }

    /** All that waits is before it. */
    long end() {
        return next;
    }

    /** A place behind all that wait. */
    long append() {
        return next++;
    }

    /**
     * A place before others, for what comes back.
     *
     * @param front the place of the first that waited when it began to come back
     * @param distance how far before it; the same for no two messages
     */
    long before(long front, long distance) {
        if (distance >= front) {
            return append(); // the queue began too low for it
        }
        first = Math.min(first, front - distance);
        return front - distance;
    }

    /** All before {@code sequence} were given out. */
    void setFirst(long sequence) {
        first = sequence;
    }

    /** For recovery: the places of the first and the last that wait. */
    void load(long first, long last) {
        this.first = first;
        this.next = last + 1;
    }
}
