package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.format.Family;
import io.perdure.storage.ledger.TestStore.Client;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedGroupsTest {

    private final TestStore store = new TestStore();

    @Test
    void membersTakeTurns() {
        Client a = store.client("a").connect().share("g", "t", 1);
        Client b = store.client("b").connect().share("g", "t", 1);
        Client pub = store.client("pub").connect();
        for (int i = 0; i < 10; i++) {
            pub.publish("t", "m" + i, 1);
        }
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
    void aFullMemberMakesTheOthersTakeAndTheRestWait() {
        Client a = store.client("a").connect().share("g", "t", 1);
        Client pub = store.client("pub").connect();
        for (int i = 0; i < SharedGroups.MEMBER_LIMIT + 5; i++) {
            pub.publish("t", "m" + i, 1);
        }
        assertEquals(SharedGroups.MEMBER_LIMIT, a.entries.size());
        a.finish(1, 2, 3, 4, 5);
        store.run();
        assertEquals(SharedGroups.MEMBER_LIMIT + 5, a.entries.size());
        assertEquals("m1004", a.payloads().get(1004));
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
        Client pub = store.client("pub").connect();
        for (int i = 0; i < SharedGroups.MEMBER_LIMIT + 5; i++) {
            pub.publish("t", "m" + i, 1);
        }
        assertEquals(SharedGroups.MEMBER_LIMIT, a.entries.size());
        store.crash();
        assertEquals(0, store.engine.estimateRows(Family.GROUP.index()));
    }
}
