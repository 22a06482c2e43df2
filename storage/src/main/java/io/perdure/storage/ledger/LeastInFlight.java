package io.perdure.storage.ledger;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The member with the fewest unfinished messages, of several the one whose turn is longest ago.
 *
 * <p>Members stand in order of what they had when they were looked at last: at most what they have now, since what makes
 * it less is told, and what makes it more is found out when they come up. So a turn costs the logarithm of their number.
 */
final class LeastInFlight implements Turns {

    private final TreeSet<Member> order = new TreeSet<>(
            Comparator.<Member>comparingLong(member -> member.load).thenComparingLong(member -> member.turn));
    private long turns;

    @Override
    public void add(Member member) {
        member.turn = ++turns;
        put(member);
    }

    @Override
    public void remove(Member member) {
        order.remove(member);
    }

    @Override
    public void freed(Member member) {
        order.remove(member);
        put(member);
    }

    private void put(Member member) {
        member.load = member.unfinished();
        order.add(member);
    }

    @Override
    public @Nullable Member next(long publisher) {
        for (Member member = order.pollFirst(); member != null; member = order.pollFirst()) {
            if (!member.hasRoom()) {
                continue;
            }
            if (member.unfinished() > member.load) {
                put(member);
                continue;
            }
            member.turn = ++turns;
            order.add(member);
            return member;
        }
        return null;
    }
}
