package io.perdure.tools.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of what comes again on a later connection. */
class DeliveriesTest {

    private final Deliveries deliveries = new Deliveries();

    private static Message m(long number) {
        return new Message(1, number);
    }

    @BeforeEach
    void connect() {
        deliveries.connected(false);
    }

    private void fresh(int packetId, int qos, long number) {
        Deliveries.Ruling ruling = deliveries.received(packetId, qos, false, m(number));
        assertNull(ruling.complaint());
        assertTrue(ruling.fresh());
    }

    private void again(int packetId, int qos, long number) {
        Deliveries.Ruling ruling = deliveries.received(packetId, qos, true, m(number));
        assertNull(ruling.complaint());
        assertFalse(ruling.fresh());
    }

    private void wrong(int packetId, int qos, boolean dup, long number, String part) {
        String complaint = deliveries.received(packetId, qos, dup, m(number)).complaint();
        assertNotNull(complaint);
        assertTrue(complaint.contains(part), complaint);
    }

    @Test
    void acceptsThatWhatIsOpenComesAgainFirst() {
        fresh(1, 1, 1);
        fresh(2, 2, 2);
        fresh(3, 1, 3);
        deliveries.acknowledged(1, 1);
        deliveries.connected(true);
        again(1, 1, 1); // its PUBACK was not durable
        again(2, 2, 2);
        again(3, 1, 3);
        fresh(4, 1, 4);
    }

    @Test
    void acceptsTheSameOrderAfterAConnectionThatGotOnlyAPart() {
        for (int id = 1; id <= 4; id++) {
            fresh(id, 1, id);
        }
        deliveries.connected(true);
        again(1, 1, 1);
        again(2, 1, 2);
        deliveries.connected(true);
        for (int id = 1; id <= 4; id++) {
            again(id, 1, id);
        }
    }

    @Test
    void reportsWhatIsOpenAndDoesNotComeAgain() {
        fresh(1, 1, 1);
        fresh(2, 1, 2);
        deliveries.connected(true);
        wrong(3, 1, false, 3, "before 2 that were open came again");
        fresh(4, 1, 4);
    }

    @Test
    void reportsAnotherIdentifier() {
        fresh(1, 1, 1);
        deliveries.connected(true);
        wrong(9, 1, true, 1, "with id 1");
    }

    @Test
    void reportsAWrongOrder() {
        fresh(1, 1, 1);
        fresh(2, 1, 2);
        deliveries.connected(true);
        wrong(2, 1, true, 2, "before older ones");
    }

    @Test
    void reportsARepetitionWithoutDup() {
        fresh(1, 1, 1);
        deliveries.connected(true);
        wrong(1, 1, false, 1, "without DUP");
    }

    @Test
    void reportsARepetitionOnTheSameConnection() {
        fresh(1, 1, 1);
        wrong(1, 1, true, 1, "on the same connection");
    }

    @Test
    void reportsAnIdentifierThatIsInUse() {
        fresh(1, 2, 1);
        deliveries.acknowledged(1, 2);
        wrong(1, 2, false, 2, "is open");
    }

    @Test
    void takesAReleasedIdentifierForANewMessage() {
        fresh(1, 2, 1);
        deliveries.acknowledged(1, 2);
        assertEquals(1, deliveries.open());
        deliveries.released(1);
        assertEquals(0, deliveries.open());
        fresh(1, 2, 2);
    }

    @Test
    void takesAQos2MessageThatWasReleasedAndComesAgainForASecondOne() {
        fresh(1, 2, 1);
        deliveries.acknowledged(1, 2);
        deliveries.released(1);
        deliveries.connected(true);
        assertTrue(deliveries.received(1, 2, true, m(1)).fresh());
    }

    @Test
    void forgetsASessionThatIsGone() {
        fresh(1, 1, 1);
        deliveries.connected(false);
        assertEquals(0, deliveries.open());
        fresh(1, 1, 1);
    }
}
