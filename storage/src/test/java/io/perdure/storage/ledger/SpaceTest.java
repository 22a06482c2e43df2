package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command.Attach;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Publish;
import io.perdure.storage.Command.PublishResult;
import io.perdure.storage.Command.Subscribe;
import io.perdure.storage.SpaceStage;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import io.perdure.storage.ledger.TestStore.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the ledger refuses as the disk fills, and that all else goes on. */
class SpaceTest {

    private final TestStore store = TestStore.onDisk(600);
    private final Client sub = store.client("sub").connect().subscribe("t/#", 2);
    private final Client pub = store.client("pub").connect();

    private SpaceStage stage() {
        return store.ledger.space().stage();
    }

    @Test
    void takesEverythingWhileItOnlyWarns() {
        store.free(350);
        assertEquals(SpaceStage.WARN, stage());
        assertEquals(PublishResult.STORED, pub.publish("t/a", "x", 1).result());
        assertEquals(PublishResult.STORED, retain("t/b", "x", 1));
        assertNotNull(store.client("new").connect().attachment);
    }

    @Test
    void refusesNewSessionsThatStayButNotThoseThatAreThereOrThatEnd() {
        sub.detach(DetachReason.CONNECTION_LOST);
        store.free(250);
        assertEquals(SpaceStage.REFUSE_NEW, stage());
        assertNull(store.client("new").connect().attachment);
        assertTrue(sub.connect().attachment().sessionPresent());
        assertNotNull(store.client("short").connect(true, 0, null).attachment);
        assertEquals(PublishResult.STORED, pub.publish("t/a", "x", 2).result());
    }

    @Test
    void aSessionThatIsRefusedLeavesNothingBehind() {
        store.free(250);
        Attach attach = new Attach("new", false, 60, null, 1);
        Submission s = new Submission(store.client("new"), null, 0);
        s.add(attach);
        store.ledger.submit(s);
        store.run();
        assertTrue(attach.refused());
        assertNull(store.ledger.session("new"));
    }

    @Test
    void refusesRetainedMessagesButTakesTheirRemoval() {
        assertEquals(PublishResult.STORED, retain("t/a", "old", 1));
        store.free(250);
        assertEquals(PublishResult.REFUSED, retain("t/a", "new", 1));
        assertEquals(PublishResult.REFUSED, retain("t/a", "new", 2));
        assertEquals(List.of("old"), sub.payloads());
        assertEquals(List.of("old"), retained());
        assertEquals(PublishResult.STORED, retain("t/a", "", 1));
        assertEquals(List.of(), retained());
    }

    @Test
    void deliversARetainedMessageOfQosZeroAndKeepsNeitherItNorTheOneBefore() {
        assertEquals(PublishResult.STORED, retain("t/a", "old", 1));
        store.free(250);
        assertEquals(PublishResult.NOT_RETAINED, retain("t/a", "new", 0));
        assertEquals(List.of("old", "new"), sub.payloads());
        assertEquals(List.of(), retained());
    }

    @Test
    void refusesQosOneAndTwoAndDeliversQosZero() {
        assertEquals(PublishResult.STORED, pub.publish("t/a", "before", 2).result());
        store.free(150);
        assertEquals(SpaceStage.REFUSE_PUBLISH, stage());
        assertEquals(PublishResult.DUPLICATE, pub.publish("t/a", "before", 2).result());
        assertEquals(PublishResult.REFUSED, publish("one", 1, 8));
        assertEquals(PublishResult.REFUSED, publish("two", 2, 9));
        assertEquals(PublishResult.STORED, publish("zero", 0, 0));
        assertEquals(List.of("before", "zero"), sub.payloads());
        store.free(600);
        assertEquals(PublishResult.STORED, publish("again", 2, 9));
        assertEquals(List.of("before", "zero", "again"), sub.payloads());
    }

    @Test
    void deliversAndForgetsWhatItHasWhateverTheStage() {
        sub.detach(DetachReason.CONNECTION_LOST);
        pub.publish("t/a", "one", 1);
        pub.publish("t/a", "two", 2);
        store.free(0);
        assertEquals(SpaceStage.DRAIN_ONLY, stage());
        sub.connect();
        assertEquals(List.of("one", "two"), Client.payloads(sub.readPage()));
        sub.receive(2);
        sub.finish(1, 2);
        store.advanceMs(1000);
        assertEquals(List.of(), sub.readPage());
        sub.detach(DetachReason.CLIENT_LEFT);
    }

    @Test
    void refusesNewSubscriptionsLastAndGrantsOldOnesAgain() {
        store.free(150);
        assertFalse(subscribe("t/b").refused(0));
        store.free(50);
        Subscribe both = new Subscribe(1, List.of(subscription("t/#"), subscription("t/c")));
        sub.submit(both);
        assertFalse(both.refused(0));
        assertTrue(both.refused(1));
        assertNull(store.client("short").connect(true, 0, null).attachment);
        store.free(600);
        assertFalse(subscribe("t/c").refused(0));
    }

    @Test
    void refusesAllThatFollowsWhatItRefusedIfThatClosesTheConnection() {
        Client old = store.client("old");
        Attach attach = new Attach("old", true, 0, null, 10);
        attach.closesWhenRefused();
        Submission s = new Submission(old, null, 0);
        s.add(attach);
        store.ledger.submit(s);
        store.run();
        store.free(150);
        assertEquals(
                PublishResult.REFUSED,
                old.publish(TestStore.message("t/a", "x", 1), false, 1).result());
        store.free(600);
        assertEquals(
                PublishResult.REFUSED,
                old.publish(TestStore.message("t/a", "y", 2), false, 2).result());
        old.detach(DetachReason.CONNECTION_LOST);
        old.connect(false, 0, null);
        assertEquals(
                PublishResult.STORED,
                old.publish(TestStore.message("t/a", "x", 1), false, 1).result());
    }

    @Test
    void refusesWhatWouldNotLeaveEnoughForTheRest() {
        store.free(201);
        Publish large = new Publish(
                1,
                false,
                TestStore.message("t/a", "x".repeat(101 << 20), 1),
                store.router.route(TestStore.utf8("t/a")));
        pub.submit(large);
        assertEquals(PublishResult.REFUSED, large.result());
    }

    @Test
    void looksAgainWhenWhatItWroteMayHaveUsedUpTheSpace() {
        store.free(501);
        store.freeBytes = 250L << 20;
        for (int i = 0; i < 26; i++) {
            assertEquals(PublishResult.STORED, publish("x".repeat(1 << 20), 1, 1));
        }
        assertEquals(SpaceStage.REFUSE_NEW, stage());
    }

    @Test
    void aWillWaitsForSpaceAndIsPublishedWhenThereIs() {
        Will will = new Will(TestStore.utf8("t/will"), TestStore.utf8("gone"), new byte[0], 1, false, 0, -1);
        Client lost = store.client("lost").connect(true, 0, will);
        Client kept = store.client("kept").connect(true, 3600, will);
        store.free(50);
        lost.detach(DetachReason.CONNECTION_LOST);
        kept.detach(DetachReason.CONNECTION_LOST);
        store.advanceMs(5000);
        assertEquals(List.of(), sub.payloads());
        store.crash();
        Client again = store.client("sub").connect();
        store.advanceMs(TestStore.GRACE_MS + 1000);
        assertEquals(List.of(), again.payloads());
        store.free(600);
        assertEquals(List.of("gone", "gone"), again.payloads());
        assertNull(store.ledger.session("lost"));
        store.advanceMs(5000);
        assertEquals(List.of("gone", "gone"), again.payloads());
    }

    @Test
    void aWillThatWaitsIsPublishedWhenItsClientComesBack() {
        Will will = new Will(TestStore.utf8("t/will"), TestStore.utf8("gone"), new byte[0], 1, false, 0, -1);
        Client kept = store.client("kept").connect(true, 3600, will);
        store.free(50);
        kept.detach(DetachReason.CONNECTION_LOST);
        store.advanceMs(1000);
        kept.connect();
        assertEquals(List.of("gone"), sub.payloads());
        store.free(600);
        assertEquals(List.of("gone"), sub.payloads());
    }

    @Test
    void retainedMessagesComeToANewSubscriptionWhenThereIsSpace() {
        retain("r/a", "kept", 1);
        store.free(150);
        assertFalse(subscribe("r/#").refused(0));
        assertEquals(List.of(), sub.payloads());
        store.free(600);
        assertEquals(List.of("kept"), sub.payloads());
    }

    private PublishResult publish(String payload, int qos, int packetId) {
        return pub.publish(TestStore.message("t/a", payload, qos), false, packetId)
                .result();
    }

    private PublishResult retain(String topic, String payload, int qos) {
        return pub.publish(TestStore.message(topic, payload, qos), true, 20 + qos)
                .result();
    }

    private Subscription subscription(String filter) {
        return new Subscription(sub.attachment().session(), filter, null, 2, false, false, 0, 0);
    }

    private Subscribe subscribe(String filter) {
        Subscribe subscribe = new Subscribe(1, List.of(subscription(filter)));
        sub.submit(subscribe);
        return subscribe;
    }

    /** What a new session is given for {@code t/#}, as soon as there is space for one. */
    private List<String> retained() {
        long free = store.freeBytes;
        store.free(600);
        Client reader = store.client("reader").connect(true, 0, null);
        reader.submit(new Subscribe(
                1, List.of(new Subscription(reader.attachment().session(), "t/#", null, 1, false, false, 0, 0))));
        reader.detach(DetachReason.CLIENT_LEFT);
        store.free(free >> 20);
        return reader.payloads();
    }
}
