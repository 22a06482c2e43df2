package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Unsubscribe;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Subscription;
import io.perdure.storage.format.Family;
import io.perdure.storage.ledger.TestStore.Client;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SharedGroupsTest {

    private final TestStore store = new TestStore();
    private @Nullable Client pub;

    private Client pub() {
        Client connected = pub;
        if (connected == null || store.ledger.session("pub") == null) {
            connected = store.client("pub").connect();
            pub = connected;
        }
        return connected;
    }

    /** Messages at QoS 1 on {@code t}: {@code m} and a number. */
    private void publish(int from, int count) {
        for (int i = from; i < from + count; i++) {
            pub().publish("t", "m" + i, 1);
        }
    }

    @Test
    void membersTakeTurns() {
        Client a = store.client("a").connect().share("g", "t", 1);
        Client b = store.client("b").connect().share("g", "t", 1);
        publish(0, 10);
        assertEquals(5, a.entries.size());
        assertEquals(5, b.entries.size());
    }

    @Test
    void whatNobodyCanTakeWaitsAlsoOverACrash() {
        Client a = store.client("a").connect().share("g", "t", 1);
        a.detach(DetachReason.CONNECTION_LOST);
        Client pub = store.client("pub").connect();
        pub.publish("t", "one", 1);
        pub.publish("t", "two", 1);
        store.crash();
        Client again = store.client("a").connect();
        store.run();
        assertEquals(List.of("one", "two"), Client.payloads(again.readPage()));
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
    }

    @Test
    void whatAnEndedSessionLeavesGoesToAnotherMember() {
        Client a = store.client("a").connect(false, 60, null).share("g", "t", 2);
        Client pub = store.client("pub").connect();
        pub.publish(TestStore.message("t", "one", 1), false, 1);
        pub.publish(TestStore.message("t", "exactly once", 2), false, 2);
        Client b = store.client("b").connect().share("g", "t", 2);
        a.detach(DetachReason.CONNECTION_LOST);
        store.advanceMs(60_000);
        assertEquals(List.of("one"), b.payloads());
    }

    @Test
    void aMemberGetsNoMoreThanItsQuota() {
        Client a = store.client("a");
        a.receiveMaximum = 3;
        a.connect().share("g", "t", 1);
        publish(0, 10);
        assertEquals(List.of("m0", "m1", "m2"), a.payloads());
        a.finish(2);
        assertEquals("m3", a.payloads().get(3));
        a.finish(1, 3, 4);
        assertEquals(List.of("m4", "m5", "m6"), a.payloads().subList(4, 7));
        a.receive(5);
        assertEquals(7, a.entries.size());
    }

    @Test
    void aMemberWithoutAReceiveMaximumHasALimit() {
        Client a = store.client("a").connect().share("g", "t", 1);
        publish(0, SharedGroups.MEMBER_LIMIT + 5);
        assertEquals(SharedGroups.MEMBER_LIMIT, a.entries.size());
        a.finish(1, 2, 3, 4, 5);
        assertEquals(SharedGroups.MEMBER_LIMIT + 5, a.entries.size());
        assertEquals("m1004", a.payloads().get(1004));
    }

    @Test
    void whatAStuckMemberCantTakeGoesToTheOthers() {
        Client stuck = store.client("stuck");
        stuck.receiveMaximum = 2;
        stuck.connect().share("g", "t", 1);
        Client a = store.client("a").connect().share("g", "t", 1);
        publish(0, 20);
        assertEquals(2, stuck.entries.size());
        assertEquals(18, a.entries.size());
        publish(20, SharedGroups.MEMBER_LIMIT);
        Client late = store.client("late").connect().share("g", "t", 1);
        assertEquals(20 - 2, late.entries.size());
        assertEquals("m1002", late.payloads().get(0));
    }

    @Test
    void theQueueOfAnOrdinarySubscriptionTakesFromTheQuotaToo() {
        Client a = store.client("a");
        a.receiveMaximum = 3;
        a.connect().share("g", "t", 1).subscribe("u", 1);
        pub().publish("u", "u0", 1);
        pub().publish("u", "u1", 1);
        publish(0, 2);
        assertEquals(List.of("u0", "u1", "m0"), a.payloads());
        a.finish(1);
        assertEquals("m1", a.payloads().get(3));
    }

    @Test
    void aTakeoverBringsAnotherReceiveMaximum() {
        Client a = store.client("a");
        a.receiveMaximum = 1;
        a.connect().share("g", "t", 1);
        publish(0, 4);
        Client again = store.client("a");
        again.receiveMaximum = 3;
        again.connect();
        assertEquals(List.of("m1", "m2"), again.payloads());
    }

    @Test
    void theLastMemberTakesTheGroupAlong() {
        Client a = store.client("a").connect(false, 60, null).share("g", "t", 1);
        a.detach(DetachReason.CONNECTION_LOST);
        store.client("pub").connect().publish("t", "one", 1);
        assertEquals(1, store.engine.estimateRows(Family.GROUP.index()));
        store.advanceMs(60_000);
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
        assertTrue(store.router.route(TestStore.utf8("t")).isEmpty());
    }

    @Test
    void aMessageGivenToAMemberThatEndsWithItsConnectionSurvivesACrashForTheOthers() {
        store.client("durable").connect().share("g", "t", 1).detach(DetachReason.CONNECTION_LOST);
        Client member = store.client("transient").connect(true, 0, null).share("g", "t", 1);
        store.client("pub").connect().publish("t", "one", 1);
        assertEquals(List.of("one"), member.payloads());
        store.crash();
        Client durable = store.client("durable").connect();
        assertEquals(List.of("one"), Client.payloads(durable.readPage()));
    }

    @Test
    void aQos2MessageThatAMemberMayHaveReceivedGoesToNoOtherAfterACrash() {
        store.client("durable").connect().share("g", "t", 2).detach(DetachReason.CONNECTION_LOST);
        Client member = store.client("transient").connect(true, 0, null).share("g", "t", 2);
        Client pub = store.client("pub").connect();
        pub.publish("t", "once", 2);
        assertEquals(List.of("once"), member.payloads());
        pub.publish("other", "sync", 1);
        pub.publish(TestStore.message("u", "retained", 1), true, 3);
        store.crash();
        assertTrue(store.client("durable").connect().readPage().isEmpty());
    }

    @Test
    void theReminderOfAMessageThatWasGivenOutRemovesNoOther() {
        Client a = store.client("a").connect().share("g", "t", 1);
        a.detach(DetachReason.CONNECTION_LOST);
        Client pub = store.client("pub").connect();
        pub.publish(TestStore.message("t", "short-lived", 1, TestStore.START_MS + 5000), false, 1);
        store.client("a").connect().finish(1);
        store.crash();
        store.client("pub").connect().publish("t", "stays", 1);
        store.advanceMs(6000);
        Client again = store.client("a").connect();
        store.run();
        assertTrue(Client.payloads(again.readPage()).contains("stays"));
    }

    @Test
    void whatWaitsForAGroupWhoseMembersEndedWithTheBrokerIsRemoved() {
        Client a = store.client("a").connect(true, 0, null).share("g", "t", 1);
        publish(0, SharedGroups.MEMBER_LIMIT + 5);
        assertEquals(SharedGroups.MEMBER_LIMIT, a.entries.size());
        store.crash();
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
    }

    @Test
    void whatComesBackGoesFirstAndInItsOrder() {
        Client a = store.client("a");
        a.receiveMaximum = 3;
        a.connect(false, 60, null).share("g", "t", 1);
        publish(0, 6);
        a.finish(2);
        Client b = store.client("b");
        b.receiveMaximum = 1;
        b.connect().share("g", "t", 1);
        assertEquals(List.of("m4"), b.payloads());
        a.detach(DetachReason.CONNECTION_LOST);
        store.advanceMs(60_000);
        b.finish(1);
        b.finish(2);
        b.finish(3);
        b.finish(4);
        assertEquals(List.of("m4", "m0", "m2", "m3", "m5"), b.payloads());
    }

    @Test
    void whatComesBackIsANewDelivery() {
        Client a = store.client("a").connect(true, 0, null).share("g", "t", 1);
        Client b = store.client("b").connect().share("other", "u", 1);
        publish(0, 1);
        b.share("g", "t", 1);
        a.detach(DetachReason.CONNECTION_LOST);
        assertEquals(List.of("m0"), b.payloads());
        assertTrue(b.entries.get(0).sequence() >= b.attachment().resendBelow());
    }

    @Test
    void aSessionThatACleanStartEndsGivesBack() {
        Client a = store.client("a").connect().share("g", "t", 1);
        publish(0, 3);
        a.finish(2);
        Client b = store.client("b").connect().share("g", "t", 1);
        store.client("a").connect(true, 0, null);
        assertEquals(List.of("m0", "m2"), b.payloads());
    }

    @Test
    void whatWasNeverSentGoesBackWhenTheConnectionEnds() {
        Client a = store.client("a").connect().share("g", "t", 2);
        Client pub = pub();
        for (int i = 0; i < 4; i++) {
            pub.publish(TestStore.message("t", "m" + i, 2), false, 1 + i);
        }
        Client b = store.client("b").connect().share("g", "t", 2);
        a.sentBelow = 3;
        a.detach(DetachReason.CONNECTION_LOST);
        assertEquals(List.of("m2", "m3"), b.payloads());
        a = store.client("a").connect();
        assertEquals(List.of("m0", "m1"), Client.payloads(a.readPage()));
        store.crash();
        assertEquals(
                List.of("m0", "m1"), Client.payloads(store.client("a").connect().readPage()));
        assertEquals(
                List.of("m2", "m3"), Client.payloads(store.client("b").connect().readPage()));
    }

    @Test
    void whatAMemberHasLeftWithoutAGroupStaysWithIt() {
        Client a = store.client("a").connect().share("g", "t", 1);
        publish(0, 2);
        a.submit(new Unsubscribe(1, List.of("$share/g/t")));
        a.sentBelow = 1;
        a.detach(DetachReason.CONNECTION_LOST);
        assertEquals(
                List.of("m0", "m1"), Client.payloads(store.client("a").connect().readPage()));
    }

    @Test
    void aMemberThatUnsubscribesKeepsWhatItHasUntilItsSessionEnds() {
        Client a = store.client("a").connect(true, 0, null).share("g", "t", 1);
        publish(0, 2);
        Client b = store.client("b").connect().share("g", "t", 1);
        a.submit(new Unsubscribe(1, List.of("$share/g/t")));
        publish(2, 1);
        assertEquals(List.of("m2"), b.payloads());
        a.detach(DetachReason.CONNECTION_LOST);
        assertEquals(List.of("m2", "m0", "m1"), b.payloads());
    }

    @Test
    void aQos2MessageInProgressIsNeverGivenToOthers() {
        Client a = store.client("a").connect(false, 60, null).share("g", "t", 2);
        pub().publish(TestStore.message("t", "sent", 2), false, 1);
        pub().publish(TestStore.message("t", "received", 2), false, 2);
        Client b = store.client("b").connect().share("g", "t", 2);
        a.receive(2);
        a.detach(DetachReason.CONNECTION_LOST);
        Client again = store.client("a").connect(false, 60, null);
        assertEquals(1, again.attachment().released().length);
        assertEquals(List.of("sent", "received"), Client.payloads(again.readPage()));
        again.detach(DetachReason.CONNECTION_LOST);
        store.advanceMs(60_000);
        store.crash();
        assertEquals(List.of(), b.payloads());
        assertEquals(List.of(), store.client("b").connect().readPage());
    }

    @Test
    void membersGetTheirOwnQosAndIdentifiersAndRetainFlag() {
        Client one = store.client("one").connect();
        one.subscribe(new Subscription(one.attachment().session(), "t", "g", 1, false, true, 0, 7));
        Client two = store.client("two").connect();
        two.subscribe(new Subscription(two.attachment().session(), "t", "g", 2, false, false, 0, 0));
        pub().publish(TestStore.message("t", "x", 2), true, 1);
        pub().publish(TestStore.message("t", "y", 2), true, 2);
        Entry toOne = one.entries.get(0);
        assertEquals(1, toOne.qos());
        assertTrue(toOne.retain());
        assertArrayEquals(new int[] {7}, toOne.subscriptionIds());
        Entry toTwo = two.entries.get(0);
        assertEquals(2, toTwo.qos());
        assertFalse(toTwo.retain());
        assertEquals(0, toTwo.subscriptionIds().length);
        two.sentBelow = 1;
        two.detach(DetachReason.CONNECTION_LOST);
        assertTrue(one.entries.get(1).retain(), "the flag of the PUBLISH comes back with the message");
    }

    @Test
    void noMemberGetsRetainedMessages() {
        pub().publish(TestStore.message("t", "retained", 1), true, 1);
        Client a = store.client("a").connect().share("g", "t", 1).share("g", "t", 1);
        assertEquals(List.of(), a.payloads());
    }

    @Test
    void eachGroupAndEachOrdinarySubscriptionGetsACopy() {
        Client a = store.client("a").connect().share("g", "t", 1).share("h", "t", 1);
        a.share("g", "+", 1).subscribe("t", 1);
        publish(0, 1);
        assertEquals(List.of("m0", "m0", "m0", "m0"), a.payloads());
    }

    @Test
    void aMemberThatSubscribesAgainHasItsNewQos() {
        Client a = store.client("a").connect().share("g", "t", 0);
        Client b = store.client("b").connect().share("g", "t", 0);
        a.share("g", "t", 1);
        b.detach(DetachReason.CONNECTION_LOST);
        publish(0, 2);
        assertEquals(List.of("m0", "m1"), a.payloads());
        assertEquals(1, a.entries.get(0).qos());
    }

    @Test
    void membersWithQos0HaveTheirTurnButDontTakeWhatWaits() {
        Client durable = store.client("durable").connect().share("g", "t", 1);
        durable.detach(DetachReason.CONNECTION_LOST);
        publish(0, 2);
        Client fast = store.client("fast").connect().share("g", "t", 0);
        publish(2, 1);
        assertEquals(List.of("m2"), fast.payloads());
        durable = store.client("durable");
        durable.receiveMaximum = 4;
        durable.connect();
        assertEquals(List.of("m0", "m1"), durable.payloads());
        publish(3, 4);
        assertEquals(
                List.of("m0", "m1", "m3", "m5"),
                durable.payloads().stream().sorted().toList());
        assertEquals(List.of("m2", "m4"), fast.payloads());
        publish(7, 2);
        assertEquals(2, fast.entries.size());
        assertEquals(3, store.engine.estimateRows(Family.GROUP.index()));
    }

    @Test
    void aGroupOfQos0MembersKeepsNothing() {
        Client a = store.client("a").connect().share("g", "t", 0);
        publish(0, 1);
        assertEquals(0, a.entries.get(0).qos());
        a.detach(DetachReason.CONNECTION_LOST);
        publish(1, 1);
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
    }

    @Test
    void qos0MessagesGoToAnyConnectedMemberAndAreNeverKept() {
        Client a = store.client("a");
        a.receiveMaximum = 1;
        a.connect().share("g", "t", 1);
        publish(0, 2);
        pub().publish("t", "live", 0);
        assertEquals(List.of("m0", "live"), a.payloads());
        Client b = store.client("b").connect().share("g", "t", 1);
        pub().publish("t", "more", 0);
        assertEquals(List.of("m1", "more"), b.payloads());
        a.detach(DetachReason.CONNECTION_LOST);
        b.detach(DetachReason.CONNECTION_LOST);
        pub().publish("t", "nobody", 0);
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
    }

    @Test
    void messagesExpireInTheQueueOfTheGroup() {
        Client a = store.client("a").connect().share("g", "t", 1);
        a.detach(DetachReason.CONNECTION_LOST);
        pub().publish(TestStore.message("t", "short", 1, TestStore.START_MS + 5_000), false, 1);
        pub().publish(TestStore.message("t", "long", 1, TestStore.START_MS + 50_000), false, 2);
        store.advanceMs(4_000);
        store.crash();
        store.advanceMs(2_000);
        assertEquals(1, store.engine.estimateRows(Family.GROUP.index()));
        Client again = store.client("a").connect();
        assertEquals(List.of("long"), again.payloads());
        assertEquals(TestStore.START_MS + 50_000, again.entries.get(0).message().expiresAtMs());
    }

    @Test
    void whatComesBackCanExpireToo() {
        Client a = store.client("a").connect(false, 60, null).share("g", "t", 1);
        store.client("b").connect().share("g", "t", 1).detach(DetachReason.CONNECTION_LOST);
        pub().publish(TestStore.message("t", "short", 1, TestStore.START_MS + 90_000), false, 1);
        a.detach(DetachReason.CONNECTION_LOST);
        store.advanceMs(60_000);
        assertEquals(1, store.engine.estimateRows(Family.GROUP.index()));
        store.advanceMs(40_000);
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
    }

    @Test
    void aSingleMemberGetsAllInOrderWhateverHappens() {
        Client a = store.client("a");
        a.receiveMaximum = 7;
        a.connect().share("g", "t", 1);
        List<String> got = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            publish(round * 20, 20);
            a.entries.subList(0, 3).forEach(e -> got.add(new String(e.message().payload(), StandardCharsets.UTF_8)));
            a.finish(a.entries.subList(0, 3).stream().mapToLong(Entry::sequence).toArray());
            if (round % 3 == 0) {
                a.sentBelow = a.entries.get(5).sequence();
                a.detach(DetachReason.CONNECTION_LOST);
            } else if (round % 3 == 1) {
                a.barrier();
                store.crash();
                pub = null;
            }
            Client again = store.client("a");
            again.receiveMaximum = 7;
            again.connect();
            again.entries.addAll(0, again.readPage());
            again.entries.sort(Comparator.comparingLong(Entry::sequence));
            List<Entry> distinct = new ArrayList<>();
            for (Entry e : again.entries) {
                if (distinct.isEmpty() || distinct.get(distinct.size() - 1).sequence() != e.sequence()) {
                    distinct.add(e);
                }
            }
            again.entries.clear();
            again.entries.addAll(distinct);
            a = again;
        }
        assertEquals(IntStream.range(0, 30).mapToObj(i -> "m" + i).toList(), got);
    }

    @Test
    void aLargeQueueOfLargeMessagesIsGivenOutInPieces() {
        Client a = store.client("a").connect().share("g", "t", 1);
        a.detach(DetachReason.CONNECTION_LOST);
        byte[] large = new byte[600_000];
        for (int i = 0; i < 10; i++) {
            pub().publish(
                            new Message(TestStore.utf8("t"), large, new byte[0], 1, TestStore.START_MS, Message.NEVER),
                            false,
                            1);
        }
        Client again = store.client("a");
        again.maximumDelivery = 2;
        again.connect();
        store.run();
        assertEquals(10, again.entries.size());
    }
}
