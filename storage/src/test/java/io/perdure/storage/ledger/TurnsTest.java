package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.ShareStrategy;
import io.perdure.storage.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The strategies by themselves. */
class TurnsTest {

    private static final int LIMIT = 10;

    private final List<Member> members = new ArrayList<>();

    @BeforeEach
    void makeMembers() {
        SharedGroup group = new SharedGroup("$share/g/t", ShareStrategy.ROUND_ROBIN);
        for (int i = 0; i < 8; i++) {
            SessionState session = new SessionState("member" + i, 0, i + 1, 0);
            session.tail = 1;
            session.shareLimit = LIMIT;
            members.add(new Member(group, session, new Subscription(session, "t", "g", 1, false, false, 0, 0)));
        }
    }

    private Turns turns(ShareStrategy strategy) {
        Turns turns = Turns.of(strategy);
        members.forEach(turns::add);
        return turns;
    }

    private static Member next(Turns turns, long publisher) {
        return Objects.requireNonNull(turns.next(publisher));
    }

    private static void give(Member member, int messages) {
        member.session.tail += messages;
    }

    private static void finish(Turns turns, Member member, int messages) {
        long head = member.session.cursor.head();
        member.session.cursor.finishRange(head, head + messages);
        turns.freed(member);
    }

    @ParameterizedTest
    @EnumSource
    void allIsGivenAndNothingBeyondTheRoom(ShareStrategy strategy) {
        Turns turns = turns(strategy);
        for (int i = 0; i < members.size() * LIMIT; i++) {
            give(next(turns, Sticky.hash("publisher" + i % 3)), 1);
        }
        members.forEach(member -> assertEquals(LIMIT, member.unfinished()));
        assertNull(turns.next(1));
        finish(turns, members.get(3), 2);
        for (int i = 0; i < 2; i++) {
            Member member = next(turns, 1);
            assertSame(members.get(3), member);
            give(member, 1);
        }
        assertNull(turns.next(1));
    }

    @ParameterizedTest
    @EnumSource
    void whoIsGoneGetsNothing(ShareStrategy strategy) {
        Turns turns = turns(strategy);
        members.subList(1, 8).forEach(turns::remove);
        assertSame(members.get(0), next(turns, 1));
        turns.remove(members.get(0));
        assertNull(turns.next(1));
        turns.add(members.get(5));
        assertSame(members.get(5), next(turns, 1));
    }

    @Test
    void roundRobinGoesRound() {
        Turns turns = turns(ShareStrategy.ROUND_ROBIN);
        List<Member> order = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            order.add(next(turns, 1));
        }
        assertEquals(members, order.subList(0, 8));
        assertEquals(members, order.subList(8, 16));
    }

    @Test
    void leastInFlightEvensOut() {
        for (int i = 0; i < 8; i++) {
            give(members.get(i), i);
        }
        Turns turns = turns(ShareStrategy.LEAST_IN_FLIGHT);
        for (int i = 0; i < 28; i++) {
            give(next(turns, 1), 1);
        }
        members.forEach(member -> assertEquals(7, member.unfinished()));
        finish(turns, members.get(6), 3);
        give(members.get(2), 1); // by another subscription
        for (int i = 0; i < 3; i++) {
            Member member = next(turns, 1);
            assertSame(members.get(6), member);
            give(member, 1);
        }
        assertNotEquals(members.get(2), next(turns, 1));
    }

    @Test
    void leastInFlightTakesTurnsAmongEquals() {
        Turns turns = turns(ShareStrategy.LEAST_IN_FLIGHT);
        List<Member> order = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            order.add(next(turns, 1));
        }
        assertEquals(members, order.subList(0, 8));
        assertEquals(members, order.subList(8, 16));
    }

    @Test
    void stickyStaysWithAMemberAndSpreadsPublishers() {
        Turns turns = turns(ShareStrategy.STICKY);
        Map<Member, Integer> publishers = new HashMap<>();
        for (int i = 0; i < 8000; i++) {
            long publisher = Sticky.hash("sensor-" + i);
            Member member = next(turns, publisher);
            assertSame(member, next(turns, publisher));
            publishers.merge(member, 1, Integer::sum);
        }
        members.forEach(member -> {
            int count = publishers.getOrDefault(member, 0);
            assertTrue(count > 800 && count < 1200, () -> member.session.clientId + " has " + count + " of 8000");
        });
    }

    @Test
    void stickyMovesOnlyThePublishersOfWhoGoes() {
        Turns turns = turns(ShareStrategy.STICKY);
        Map<Long, Member> before = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            long publisher = Sticky.hash("sensor-" + i);
            before.put(publisher, next(turns, publisher));
        }
        Member gone = members.get(3);
        turns.remove(gone);
        before.forEach((publisher, member) -> {
            if (member != gone) {
                assertSame(member, next(turns, publisher));
            }
        });
        turns.add(gone);
        before.forEach((publisher, member) -> assertSame(member, next(turns, publisher)));
    }

    @Test
    void stickyGoesToTheSameOtherWhileTheFavouriteIsFull() {
        Turns turns = turns(ShareStrategy.STICKY);
        long publisher = Sticky.hash("sensor");
        Member favourite = next(turns, publisher);
        give(favourite, LIMIT);
        Member other = next(turns, publisher);
        assertNotEquals(favourite, other);
        assertSame(other, next(turns, publisher));
        finish(turns, favourite, 1);
        assertSame(favourite, next(turns, publisher));
    }

    /** It is in stores: it must never change. */
    @Test
    void theHashOfAClientIdentifierIsFixed() {
        assertEquals(0x3619_8DFF_15E9_E7CAL, Sticky.hash("sensor"));
    }

    @Test
    void whatComesBackToAQueueThatBeganTooLowGoesToItsEnd() {
        SharedGroup group = new SharedGroup("$share/g/t", ShareStrategy.ROUND_ROBIN);
        group.load(4, 9);
        assertEquals(1, group.before(4, 3));
        assertEquals(10, group.before(4, 4));
        assertEquals(1, group.first());
        assertEquals(11, group.end());
    }
}
