package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command.Detach;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Submission;
import io.perdure.storage.Will;
import io.perdure.storage.engine.MemoryEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A start costs sessions and a stop costs connections; neither costs messages. */
class StartAndStopTest {

    private static final int SESSIONS = 20;

    /** Sessions that are away, with a subscription and so many messages each. */
    private static TestStore storeWith(int messagesEach) {
        TestStore store = new TestStore();
        for (int i = 0; i < SESSIONS; i++) {
            store.client("s" + i).connect().subscribe("t/" + i, 1).detach(DetachReason.CLIENT_LEFT);
        }
        TestStore.Client publisher = store.client("publisher").connect(true, 0, null);
        for (int n = 0; n < messagesEach; n++) {
            for (int i = 0; i < SESSIONS; i++) {
                publisher.publish("t/" + i, "m" + n, 1);
            }
        }
        publisher.detach(DetachReason.CLIENT_LEFT);
        return store;
    }

    private static Map<String, Integer> readByAStart(int messagesEach) {
        TestStore store = storeWith(messagesEach);
        CountingEngine counting = store.countAndReopen();
        assertEquals(SESSIONS, store.ledger.report().sessions());
        return counting.read();
    }

    @Test
    void aStartReadsNoMessages() {
        Map<String, Integer> few = readByAStart(1);
        assertFalse(few.containsKey("queue"), few::toString);
        assertFalse(few.containsKey("message"), few::toString);
        assertEquals(SESSIONS, few.get("session"));
        assertEquals(few, readByAStart(100));
    }

    @Test
    void aStopWritesTheCursorsOfThoseWhoAreConnectedAndItsMark() {
        TestStore store = storeWith(50);
        CountingEngine counting = store.countAndReopen();
        List<TestStore.Client> connected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            connected.add(store.client("s" + i).connect());
        }
        counting.reset();
        stop(store, connected);
        assertEquals(Map.of("cursor", 3, "meta", 1), counting.changed());
    }

    /** As the broker does it: the connections are told to end, then the store is closed. */
    private static void stop(TestStore store, List<TestStore.Client> connected) {
        for (TestStore.Client client : connected) {
            Submission detach = client.submission();
            detach.add(new Detach(DetachReason.BROKER_STOPS, client.sentBelow, -1));
            store.ledger.submit(detach);
        }
        store.ledger.start();
        store.ledger.close();
    }

    @Test
    void whoWasConnectedAtAStopIsAwaySinceThen() {
        TestStore store = new TestStore();
        TestStore.Client client = store.client("s").connect(false, 60, null);
        store.advanceMs(5_000);
        MemoryEngine engine = store.engine;
        stop(store, List.of(client));
        store.wallMs += 59_000;
        store.reopen(engine.crash(0));
        assertTrue(store.ledger.report().cleanStop());
        store.advanceMs(500);
        assertTrue(store.client("s").connect(false, 60, null).attachment().sessionPresent());
    }

    @Test
    void aClockThatIsSetWhileTheBrokerRunsExpiresNothing() {
        TestStore store = new TestStore();
        store.client("s").connect(false, 3_600, null).detach(DetachReason.CLIENT_LEFT);
        store.wallMs += 50L * 365 * 24 * 3_600_000;
        store.advanceMs(1_000);
        store.crash(); // the step was noted at once
        store.advanceMs(1_000);
        assertTrue(store.client("s").connect(false, 60, null).attachment().sessionPresent());
    }

    @Test
    void timeGoesOnAsAlwaysAfterTheClockWasSetBack() {
        TestStore store = new TestStore();
        store.wallMs += 100_000_000;
        store.reopen(store.engine.crash(0));
        store.client("away").connect(false, 3_600, null).detach(DetachReason.CLIENT_LEFT);
        Will will = new Will(TestStore.utf8("w"), TestStore.utf8("will"), new byte[0], 1, false, 100, -1);
        store.client("witness").connect().subscribe("w", 1);
        store.client("lost").connect(false, 3_600, will).detach(DetachReason.CONNECTION_LOST);
        store.wallMs -= 50_000_000;
        store.advanceMs(99_000);
        TestStore.Client witness = store.client("witness").connect();
        assertEquals(List.of(), TestStore.Client.payloads(witness.readPage()));
        store.advanceMs(2_000);
        assertEquals(List.of("will"), TestStore.Client.payloads(witness.readPage()));
        store.advanceMs(3_600_000);
        assertFalse(store.client("away").connect(false, 60, null).attachment().sessionPresent());
    }
}
