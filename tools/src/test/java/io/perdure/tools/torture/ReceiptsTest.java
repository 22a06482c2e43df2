package io.perdure.tools.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is said of what a receiver got. */
class ReceiptsTest {

    private static final int PUBLISHER = 3;

    private final Receipts session = new Receipts("session", true);
    private final Receipts group = new Receipts("group", false);
    private final Publications atLeastOnce = sent(1);
    private final Publications exactlyOnce = sent(2);

    private static Publications sent(int qos) {
        Publications publications = new Publications("publisher", qos, true);
        for (int i = 0; i < 10; i++) {
            publications.next();
        }
        return publications;
    }

    private static void acknowledge(Publications publications, long... numbers) {
        for (long number : numbers) {
            publications.acknowledge(number);
        }
    }

    private static @Nullable Check take(Receipts receipts, Publications from, int qos, long number) {
        Receipts.Complaint complaint = receipts.take(new Message(PUBLISHER, number), qos, from);
        return complaint == null ? null : complaint.check();
    }

    @Test
    void acceptsMessagesInOrder() {
        for (int number = 1; number <= 10; number++) {
            assertNull(take(session, atLeastOnce, 1, number));
        }
        acknowledge(atLeastOnce, 1, 2, 3, 10);
        assertEquals(0, session.missing(PUBLISHER, atLeastOnce, true).count());
    }

    @Test
    void reportsAnOlderMessageAfterANewerOne() {
        assertNull(take(session, atLeastOnce, 1, 2));
        assertEquals(Check.ORDER, take(session, atLeastOnce, 1, 1));
    }

    @Test
    void doesNotOweOrderToAGroup() {
        assertNull(take(group, exactlyOnce, 2, 2));
        assertNull(take(group, exactlyOnce, 2, 1));
        assertEquals(Check.TWICE, take(group, exactlyOnce, 2, 1));
    }

    @Test
    void reportsASecondCopyAtQos2() {
        assertNull(take(session, exactlyOnce, 2, 1));
        assertEquals(Check.TWICE, take(session, exactlyOnce, 2, 1));
    }

    @Test
    void acceptsAtQos1AsManyCopiesAsWerePublished() {
        assertNull(take(session, atLeastOnce, 1, 1));
        atLeastOnce.publishedAgain(1);
        assertNull(take(session, atLeastOnce, 1, 1));
        assertEquals(Check.REPEATED, take(session, atLeastOnce, 1, 1));
    }

    @Test
    void reportsAMessageThatWasNeverSent() {
        assertEquals(Check.PROTOCOL, take(session, atLeastOnce, 1, 11));
    }

    @Test
    void missesWhatWasLeftOutAndWhatDidNotCome() {
        take(session, atLeastOnce, 1, 1);
        take(session, atLeastOnce, 1, 4);
        acknowledge(atLeastOnce, 1, 2, 4, 5, 7);
        assertEquals(new Receipts.Missing(3, 2), session.missing(PUBLISHER, atLeastOnce, true)); // 2, 5, 7
        assertEquals(new Receipts.Missing(1, 2), session.missing(PUBLISHER, atLeastOnce, false));
        assertTrue(session.has(new Message(PUBLISHER, 4)));
        assertFalse(session.has(new Message(PUBLISHER, 2)));
        assertFalse(session.has(new Message(PUBLISHER, 5)));
    }

    @Test
    void missesEverythingIfNothingCame() {
        acknowledge(atLeastOnce, 1, 2, 3, 5);
        assertEquals(new Receipts.Missing(4, 1), session.missing(PUBLISHER, atLeastOnce, true));
        assertEquals(0, session.missing(PUBLISHER, atLeastOnce, false).count());
    }

    @Test
    void owesNothingThatWasNotAcknowledged() {
        take(session, atLeastOnce, 1, 3);
        assertEquals(0, session.missing(PUBLISHER, atLeastOnce, true).count());
    }

    @Test
    void tellsBeforeWhichDeathAMessageWasAcknowledged() {
        acknowledge(atLeastOnce, 1, 2);
        atLeastOnce.died();
        acknowledge(atLeastOnce, 4, 3);
        atLeastOnce.died();
        assertEquals(0, atLeastOnce.deathsBefore(2));
        assertEquals(1, atLeastOnce.deathsBefore(3));
        assertEquals(2, atLeastOnce.deathsBefore(5));
        assertEquals(4, atLeastOnce.acknowledged());
    }

    @Test
    void namesAMessageInItsPayload() {
        Message message = new Message(12, 345);
        byte[] payload = message.payload(100);
        assertEquals(100, payload.length);
        assertEquals(message, Message.of(payload));
        assertNotNull(Message.of(message.payload(0)));
        payload[99] ^= 1;
        assertNull(Message.of(payload));
        assertNull(Message.of(new byte[5]));
    }
}
