package io.perdure.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.protocol.session.ReceiveWindow.Arrival;
import org.junit.jupiter.api.Test;

class ReceiveWindowTest {

    @Test
    void takesAsManyAsTheReceiveMaximumAllows() {
        ReceiveWindow window = new ReceiveWindow(2);
        assertEquals(Arrival.NEW, window.publish(1, 1, false));
        assertEquals(Arrival.NEW, window.publish(65_535, 2, false));
        assertEquals(Arrival.RECEIVE_MAXIMUM_EXCEEDED, window.publish(3, 1, false));
        window.answered(1);
        assertEquals(Arrival.NEW, window.publish(3, 1, true));
        assertEquals(2, window.inProgress());
    }

    @Test
    void countsARepeatedQoS2PublishOnce() {
        ReceiveWindow window = new ReceiveWindow(2);
        window.publish(1, 2, false);
        assertEquals(Arrival.REPEAT, window.publish(1, 2, true));
        assertEquals(Arrival.REPEAT, window.publish(1, 2, false));
        assertEquals(1, window.inProgress());
        window.answered(1);
        assertEquals(0, window.inProgress());
        assertEquals(Arrival.NEW, window.publish(1, 2, false));
    }

    @Test
    void tellsAResendFromAnIdentifierThatIsUsedTwice() {
        ReceiveWindow window = new ReceiveWindow(10);
        window.publish(1, 1, false);
        window.publish(2, 2, false);
        assertEquals(Arrival.IGNORE, window.publish(1, 1, true));
        assertEquals(Arrival.PACKET_ID_IN_USE, window.publish(1, 1, false));
        assertEquals(Arrival.PACKET_ID_IN_USE, window.publish(1, 2, false));
        assertEquals(Arrival.PACKET_ID_IN_USE, window.publish(2, 1, true));
        assertEquals(2, window.inProgress());
    }

    @Test
    void ignoresAnAnswerToWhatCameOnAnEarlierConnection() {
        ReceiveWindow window = new ReceiveWindow(1);
        window.answered(7);
        assertEquals(Arrival.NEW, window.publish(7, 1, false));
    }
}
