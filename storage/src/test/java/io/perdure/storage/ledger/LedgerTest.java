package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.PublishResult;
import io.perdure.storage.Command.Release;
import io.perdure.storage.Entry;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import io.perdure.storage.ledger.TestStore.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

    private final TestStore store = new TestStore();

    @Test
    void deliversToAnAttachedSubscriber() {
        Client sub = store.client("sub").connect().subscribe("a/+", 1);
        Client pub = store.client("pub").connect();

        assertEquals(PublishResult.STORED, pub.publish("a/b", "one", 2).result());

        Entry e = sub.entries.get(0);
        assertEquals(1, e.sequence());
        assertEquals(1, e.qos());
        assertEquals(List.of("one"), sub.payloads());
    }

    @Test
    void saysThatNobodySubscribed() {
        Client pub = store.client("pub").connect();
        assertEquals(
                PublishResult.NO_MATCHING_SUBSCRIBERS, pub.publish("a", "x", 1).result());
        // nor does a subscription that leaves out its own client's messages
        pub.subscribe(new Subscription(pub.attachment().session(), "a", null, 1, true, false, 0, 0));
        assertEquals(
                PublishResult.NO_MATCHING_SUBSCRIBERS, pub.publish("a", "x", 1).result());
        store.client("sub").connect().subscribe("a", 0);
        assertEquals(PublishResult.STORED, pub.publish("a", "x", 1).result());
    }

    @Test
    void nothingLeavesBeforeTheCommit() {
        Client sub = store.client("sub").connect().subscribe("a", 1);
        Client pub = store.client("pub").connect();
        int before = pub.completed.size();
        store.engine.breakAtNextWrite();
        try {
            pub.publish("a", "x", 1);
        } catch (RuntimeException expected) {
            assertEquals(before, pub.completed.size());
            assertTrue(sub.entries.isEmpty());
            return;
        }
        throw new AssertionError("the write did not fail");
    }

    @Test
    void queuesForAnOfflineSessionAndKeepsOrderOverACrash() {
        Client sub = store.client("sub").connect().subscribe("#", 2);
        sub.detach(DetachReason.CONNECTION_LOST);
        Client pub = store.client("pub").connect();
        for (int i = 0; i < 50; i++) {
            pub.publish(TestStore.message("t", "m" + i, 1), false, i + 1);
        }
        store.crash();
        Client again = store.client("sub").connect();
        assertTrue(again.attachment().sessionPresent());
        List<Entry> page = again.readPage();
        assertEquals(50, page.size());
        assertEquals("m0", Client.payloads(page).get(0));
        assertEquals("m49", Client.payloads(page).get(49));
        assertEquals(1, page.get(0).sequence());
        assertEquals(50, page.get(49).sequence());
    }

    @Test
    void whatMayHaveBeenSentIsMarkedAfterACrashAndItsIdentifiersAreNotGivenAgain() {
        store.client("sub").connect().subscribe("t", 1);
        Client pub = store.client("pub").connect();
        pub.publish("t", "one", 1);
        store.crash();
        Client again = store.client("sub").connect();
        assertTrue(again.attachment().resendBelow() > 1);
        assertEquals(List.of("one"), Client.payloads(again.readPage()));
        pub = store.client("pub").connect();
        pub.publish("t", "two", 1);
        assertTrue(again.entries.get(0).sequence() >= again.attachment().resendBelow());
    }

    @Test
    void theExactEndOfWhatWasSentIsKnownAfterADetach() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        store.client("pub").connect().publish("t", "one", 1);
        sub.sentBelow = 2;
        sub.detach(DetachReason.CONNECTION_LOST);
        store.client("pub2").connect().publish("t", "two", 1);
        Client again = store.client("sub").connect();
        assertEquals(2, again.attachment().resendBelow());
        assertEquals(
                List.of(1L, 2L), again.readPage().stream().map(Entry::sequence).toList());
    }

    @Test
    void acknowledgementsMoveTheHeadAlsoOutOfOrder() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        Client pub = store.client("pub").connect();
        for (int i = 0; i < 10; i++) {
            pub.publish("t", "m" + i, 1);
        }
        sub.finish(1, 2, 5, 7);
        sub.barrier();
        store.crash();
        Client again = store.client("sub").connect();
        assertEquals(3, again.attachment().head());
        long[] finished = again.attachment().finished();
        assertEquals(5, finished[0]);
        assertEquals(7, finished[1]);
    }

    @Test
    void aQos2MessageIsTakenOnceEvenOverACrash() {
        Client sub = store.client("sub").connect().subscribe("t", 2);
        Client pub = store.client("pub").connect();
        assertEquals(PublishResult.STORED, pub.publish("t", "x", 2).result());
        assertEquals(PublishResult.DUPLICATE, pub.publish("t", "x", 2).result());
        store.crash();
        pub = store.client("pub").connect();
        assertEquals(PublishResult.DUPLICATE, pub.publish("t", "x", 2).result());
        Release release = new Release(7);
        pub.submit(release);
        assertTrue(release.known());
        store.crash();
        pub = store.client("pub").connect();
        assertEquals(PublishResult.STORED, pub.publish("t", "y", 2).result());
        Client again = store.client("sub").connect();
        assertEquals(List.of("x", "y"), Client.payloads(again.readPage()));
        assertEquals(1, sub.entries.size());
    }

    @Test
    void owedPubrelsAreKnownInTheOrderOfThePubrecs() {
        Client sub = store.client("sub").connect().subscribe("t", 2);
        Client pub = store.client("pub").connect();
        for (int i = 0; i < 4; i++) {
            pub.publish(TestStore.message("t", "m" + i, 2), false, i + 1);
        }
        sub.receive(3);
        sub.receive(1, 2);
        sub.finish(1);
        sub.barrier();
        store.crash();
        Client again = store.client("sub").connect();
        assertArrayEquals(new long[] {3, 2}, again.attachment().released());
    }

    @Test
    void aTakeoverWaitsForTheOldConnection() {
        Client one = store.client("c").connect();
        one.detachOnTakeOver = false;
        Client two = store.client("c").connect();
        assertTrue(one.takenOver);
        assertNull(two.attachment);
        one.detach(DetachReason.CONNECTION_LOST);
        store.run();
        assertTrue(two.attachment().sessionPresent());
        assertEquals(one.attachment().generation() + 1, two.attachment().generation());
    }

    @Test
    void theLastOfSeveralTakeoversWins() {
        Client one = store.client("c").connect();
        one.detachOnTakeOver = false;
        Client two = store.client("c").connect();
        Client three = store.client("c").connect();
        assertEquals(1, two.completed.size());
        assertNull(two.attachment);
        one.detach(DetachReason.CONNECTION_LOST);
        assertTrue(three.attachment().sessionPresent());
    }

    @Test
    void commandsOfAnOlderConnectionAreDiscarded() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        Client one = store.client("c").connect();
        Submission stale = one.submission();
        stale.add(
                new Command.Publish(1, false, TestStore.message("t", "x", 1), store.router.route(TestStore.utf8("t"))));
        store.client("c").connect();
        int before = one.completed.size();
        store.ledger.submit(stale);
        store.run();
        assertEquals(before, one.completed.size());
        assertTrue(sub.entries.isEmpty());
    }

    @Test
    void aStaleRouteIsMatchedAgain() {
        Client pub = store.client("pub").connect();
        var old = store.router.route(TestStore.utf8("t"));
        Client sub = store.client("sub").connect().subscribe("t", 1);
        pub.submit(new Command.Publish(1, false, TestStore.message("t", "x", 1), old));
        assertEquals(List.of("x"), sub.payloads());
    }

    @Test
    void aSessionWithoutExpiryEndsWithItsConnection() {
        Client c = store.client("c").connect(true, 0, null).subscribe("t", 1);
        c.detach(DetachReason.CONNECTION_LOST);
        assertNull(store.ledger.session("c"));
        assertTrue(store.router.route(TestStore.utf8("t")).isEmpty());
        assertFalse(store.client("c").connect(false, 60, null).attachment().sessionPresent());
    }

    @Test
    void aSessionExpires() {
        Client c = store.client("c").connect(false, 60, null);
        c.detach(DetachReason.CLIENT_LEFT);
        store.advanceMs(59_000);
        assertTrue(store.client("c").connect(false, 60, null).attachment().sessionPresent());
        store.ledger.session("c");
        Client again = store.client("c").connect(false, 60, null);
        again.detach(DetachReason.CLIENT_LEFT);
        store.advanceMs(60_000);
        assertNull(store.ledger.session("c"));
    }

    @Test
    void aSessionExpiresWhileTheBrokerIsDown() {
        store.client("c").connect(false, 60, null);
        store.wallMs += 61_000;
        store.crash();
        assertNull(store.ledger.session("c"));
    }

    @Test
    void aWallClockThatWentBackIsNothingElapsed() {
        store.client("c").connect(false, 60, null);
        store.wallMs -= 500_000;
        store.crash();
        store.advanceMs(59_000);
        assertTrue(store.client("c").connect(false, 60, null).attachment().sessionPresent());
    }

    @Test
    void deliversRetainedMessagesToANewSubscription() {
        Client pub = store.client("pub").connect();
        pub.publish(TestStore.message("r/1", "one", 1), true, 1);
        pub.publish(TestStore.message("r/2", "two", 0), true, 0);
        pub.publish(TestStore.message("r/3", "gone", 1), true, 2);
        pub.publish(TestStore.message("r/3", "", 1), true, 3);
        store.crash();
        Client sub = store.client("sub").connect().subscribe("r/+", 1);
        assertEquals(List.of("one", "two"), sub.payloads());
        assertTrue(sub.entries.get(0).retain());
        assertEquals(0, sub.entries.get(1).qos());
    }

    @Test
    void noLocalLeavesOutWhatTheClientHasRetainedItself() {
        store.client("own").connect().publish(TestStore.message("r/1", "own", 1), true, 1);
        store.client("other").connect().publish(TestStore.message("r/2", "other", 1), true, 1);
        store.crash();
        Client own = store.client("own").connect();
        own.subscribe(new Subscription(own.attachment().session(), "r/+", null, 1, true, false, 0, 0));
        assertEquals(List.of("other"), own.payloads());
        assertEquals(
                List.of("own", "other"),
                store.client("other").connect().subscribe("r/+", 1).payloads());
    }

    @Test
    void aPublisherWithNoLocalIsNoSubscriberOfItsOwnMessage() {
        Client own = store.client("own").connect();
        own.subscribe(new Subscription(own.attachment().session(), "t", null, 1, true, false, 0, 0));
        Command.Publish publish = own.publish(TestStore.message("t", "own", 1), false, 1);
        assertEquals(Command.PublishResult.NO_MATCHING_SUBSCRIBERS, publish.result());
    }

    @Test
    void aRetainedReplayGoesOnAfterACrash() {
        Client pub = store.client("pub").connect();
        for (int i = 0; i < 2000; i++) {
            pub.publish(TestStore.message("r/" + i, "m" + i, 1), true, 1 + i);
        }
        Client sub = store.client("sub").connect();
        Submission s = sub.submission();
        s.add(new Command.Subscribe(
                1, List.of(new Subscription(sub.attachment().session(), "#", null, 1, false, false, 0, 9))));
        store.ledger.submit(s);
        store.ledger.step();
        store.ledger.step();
        store.crash();
        List<Entry> page = store.client("sub").connect().readPage();
        assertEquals(2000, page.size());
        assertEquals(2000, Client.payloads(page).stream().distinct().count());
        assertArrayEquals(new int[] {9}, page.get(0).subscriptionIds());
    }

    @Test
    void publishesAWillAtOnceAndAfterItsDelay() {
        Client sub = store.client("sub").connect().subscribe("will", 1);
        store.client("a").connect(true, 0, will("now", 0)).detach(DetachReason.CONNECTION_LOST);
        store.client("b").connect(false, 600, will("later", 5)).detach(DetachReason.CONNECTION_LOST);
        store.client("c").connect(false, 600, will("never", 0)).detach(DetachReason.CLIENT_LEFT);
        assertEquals(List.of("now"), sub.payloads());
        store.advanceMs(5000);
        assertEquals(List.of("now", "later"), sub.payloads());
    }

    @Test
    void aDelayedWillIsCancelledByAReturnAndSentByACleanStart() {
        Client sub = store.client("sub").connect().subscribe("will", 1);
        store.client("a").connect(false, 600, will("a", 5)).detach(DetachReason.CONNECTION_LOST);
        store.client("a").connect(false, 600, null);
        store.client("b").connect(false, 600, will("b", 5)).detach(DetachReason.CONNECTION_LOST);
        store.client("b").connect(true, 600, null);
        store.advanceMs(6000);
        assertEquals(List.of("b"), sub.payloads());
    }

    @Test
    void publishesTheWillOfAClientThatDoesNotComeBackAfterACrash() {
        store.client("sub").connect().subscribe("will", 1);
        store.client("a").connect(true, 0, will("transient", 0));
        store.client("b").connect(false, 600, will("durable", 0));
        store.client("c").connect(true, 0, will("back in time", 0));
        store.crash();
        store.client("c").connect(true, 0, null);
        Client sub = store.client("sub").connect();
        assertTrue(sub.payloads().isEmpty());
        store.advanceMs(TestStore.GRACE_MS);
        assertEquals(2, sub.payloads().size());
        assertTrue(sub.payloads().containsAll(List.of("transient", "durable")));
        assertNull(store.ledger.session("a"));
    }

    @Test
    void anExpiredMessageLeavesTheQueueButOneThatMayHaveBeenSentStays() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        long deadlineMs = TestStore.START_MS + 5000;
        Client pub = store.client("pub").connect();
        pub.publish(TestStore.message("t", "sent", 1, deadlineMs), false, 1);
        sub.detach(DetachReason.CONNECTION_LOST);
        pub.publish(TestStore.message("t", "expires", 1, deadlineMs), false, 2);
        pub.publish(TestStore.message("t", "stays", 1), false, 3);
        store.advanceMs(6000);
        Client again = store.client("sub").connect();
        assertEquals(List.of("sent", "stays"), Client.payloads(again.readPage()));
    }

    @Test
    void theSequenceOfAnExpiredLastMessageIsNotGivenAgainAfterACrash() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        sub.sentBelow = 1;
        sub.detach(DetachReason.CONNECTION_LOST);
        Client pub = store.client("pub").connect();
        pub.publish(TestStore.message("t", "first", 1), false, 1);
        pub.publish(TestStore.message("t", "expires", 1, TestStore.START_MS + 5000), false, 2);
        store.advanceMs(6000);
        store.crash();
        store.client("pub").connect().publish(TestStore.message("t", "last", 1), false, 3);
        Client again = store.client("sub").connect();
        List<Entry> page = again.readPage();
        assertEquals(List.of("first", "last"), Client.payloads(page));
        assertEquals(3, page.get(1).sequence());
        assertArrayEquals(new long[] {2}, again.attachment().finished());
    }

    @Test
    void largeBodiesAreStoredOnceAndRemovedWhenNobodyWaits() {
        List<Client> subs = List.of(store.client("s1"), store.client("s2"), store.client("s3"));
        subs.forEach(s -> s.connect().subscribe("t", 1));
        store.client("pub").connect().publish("t", "x".repeat(5000), 1);
        assertEquals(1, store.engine.estimateRows(io.perdure.storage.format.Family.MESSAGE.index()));
        assertEquals(5000, subs.get(0).readPage().get(0).message().payload().length);
        subs.forEach(s -> s.finish(1));
        store.advanceMs(1000);
        store.advanceMs(60_000);
        assertEquals(0, store.engine.estimateRows(io.perdure.storage.format.Family.MESSAGE.index()));
        assertEquals(0, store.engine.estimateRows(io.perdure.storage.format.Family.QUEUE.index()));
    }

    private static Will will(String payload, long delayS) {
        return new Will(TestStore.utf8("will"), TestStore.utf8(payload), new byte[0], 1, false, delayS, -1);
    }
}
