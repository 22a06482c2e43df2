package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command;
import io.perdure.storage.Command.Attach;
import io.perdure.storage.Command.Detach;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Release;
import io.perdure.storage.Entry;
import io.perdure.storage.Submission;
import io.perdure.storage.Will;
import io.perdure.storage.format.Family;
import io.perdure.storage.ledger.TestStore.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where two rules meet: a message or a session may be lost or come twice. */
class SessionEdgesTest {

    private final TestStore store = new TestStore();

    @Test
    void theSequenceOfAnExpiredMessageIsGivenToNoOtherAfterACrash() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        Client pub = store.client("pub").connect();
        pub.publish("t", "unacknowledged", 1);
        sub.detach(DetachReason.CONNECTION_LOST);
        pub.publish(TestStore.message("t", "expires", 1, TestStore.START_MS + 5000), false, 2);
        store.advanceMs(6000);
        pub.publish("other", "sync", 1);
        store.crash();
        store.client("pub").connect().publish("t", "later", 1);
        Client again = store.client("sub").connect();
        Entry later = again.readPage().get(1);
        assertEquals(List.of("unacknowledged", "later"), Client.payloads(again.readPage()));
        for (long finished : again.attachment().finished()) {
            assertTrue(finished != later.sequence(), "sequence " + finished + " counts as finished");
        }
    }

    @Test
    void acknowledgementsThatComeWithTheDisconnectCount() {
        Client sub = store.client("sub").connect().subscribe("t", 1);
        store.client("pub").connect().publish("t", "one", 1);
        Submission s = sub.submission();
        s.finished(1);
        s.add(new Detach(DetachReason.CLIENT_LEFT, 2, -1));
        store.ledger.submit(s);
        store.run();
        assertEquals(2, store.client("sub").connect().attachment().head());
    }

    /** All in one group: a delivery to the new connection must not begin with what the old one was to get. */
    @Test
    void whatCameBetweenTwoConnectionsIsInNoDelivery() {
        Client old = store.client("sub").connect().subscribe("t", 1);
        Client pub = store.client("pub").connect();
        Client again = store.client("sub");
        again.detachOnTakeOver = false;
        store.ledger.submit(publish(pub, "to the old connection"));
        Submission left = old.submission();
        left.add(new Detach(DetachReason.CONNECTION_LOST, 1, -1));
        store.ledger.submit(left);
        store.ledger.submit(publish(pub, "in between"));
        Submission back = new Submission(again, null, 0);
        back.add(new Attach("sub", false, Command.NO_EXPIRY, null, 65_535));
        store.ledger.submit(back);
        store.ledger.submit(publish(pub, "to the new connection"));
        store.run();
        assertEquals(List.of("to the new connection"), again.payloads());
        assertEquals(
                List.of("to the old connection", "in between", "to the new connection"),
                Client.payloads(again.readPage()));
    }

    private Submission publish(Client publisher, String payload) {
        Submission s = publisher.submission();
        s.add(new Command.Publish(
                1, false, TestStore.message("t", payload, 1), store.router.route(TestStore.utf8("t"))));
        return s;
    }

    @Test
    void aSessionThatItsDisconnectEndedIsGoneForGoodWhenTheNextConnectIsAnswered() {
        Client c = store.client("c").connect(false, 600, null).subscribe("t", 1);
        c.submit(new Detach(DetachReason.CLIENT_LEFT, 1, 0));
        assertFalse(store.client("c").connect(false, 0, null).attachment().sessionPresent());
        store.crash();
        assertFalse(store.client("c").connect(false, 600, null).attachment().sessionPresent());
    }

    @Test
    void aDurableSessionThatIsResumedUntilItsConnectionEndsLeavesNothing() {
        Client c = store.client("c").connect();
        c.publish("t", "x", 2);
        c.detach(DetachReason.CONNECTION_LOST);
        Client again = store.client("c").connect(false, 0, null);
        again.submit(new Release(7));
        again.detach(DetachReason.CLIENT_LEFT);
        assertEquals(0, store.engine.estimateRows(Family.INBOUND.index()));
        assertEquals(0, store.engine.estimateRows(Family.CURSOR.index()));
        assertEquals(0, store.engine.estimateRows(Family.SESSION.index()));
    }

    @Test
    void aPowerCutDoesNotShortenTheExpiryOfAConnectedSession() {
        store.client("c").connect(false, 60, null).subscribe("t", 1);
        store.advanceMs(3_600_000);
        store.crash();
        store.advanceMs(59_000);
        assertTrue(store.client("c").connect(false, 60, null).attachment().sessionPresent());
    }

    @Test
    void aDelayedWillOfAClientThatHadLeftBeforeTheStopIsSentByACleanStart() {
        store.client("sub").connect().subscribe("will", 1);
        store.client("c").connect(false, 600, will(5)).detach(DetachReason.CONNECTION_LOST);
        store.crash();
        store.client("c").connect(true, 600, null);
        assertEquals(
                List.of("gone"), Client.payloads(store.client("sub").connect().readPage()));
    }

    @Test
    void aDelayedWillComesDueWhileTheBrokerIsDown() {
        store.client("sub").connect().subscribe("will", 1);
        store.client("c").connect(false, 600, will(5)).detach(DetachReason.CONNECTION_LOST);
        store.wallMs += 6000;
        store.crash();
        assertEquals(
                List.of("gone"), Client.payloads(store.client("sub").connect().readPage()));
    }

    @Test
    void theGraceOfAWillBeginsAnewWithEachStart() {
        store.client("sub").connect().subscribe("will", 1);
        store.client("durable").connect(false, 600, will(0));
        store.client("transient").connect(true, 0, will(0)).detach(DetachReason.BROKER_STOPS);
        store.crash();
        store.advanceMs(TestStore.GRACE_MS - 1);
        store.crash();
        store.advanceMs(TestStore.GRACE_MS - 1);
        Client sub = store.client("sub").connect();
        assertTrue(sub.readPage().isEmpty());
        store.client("durable").connect(true, 600, null);
        store.advanceMs(1);
        assertEquals(List.of("gone"), sub.payloads());
    }

    private static Will will(long delayS) {
        return new Will(TestStore.utf8("will"), TestStore.utf8("gone"), new byte[0], 1, false, delayS, -1);
    }
}
