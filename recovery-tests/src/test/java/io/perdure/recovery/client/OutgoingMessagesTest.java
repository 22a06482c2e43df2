package io.perdure.recovery.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutgoingMessagesTest {

    private final OutgoingMessages messages = new OutgoingMessages(65_535);

    private Packet.Publish publish(int qos, long number) {
        Packet.Publish publish = new Packet.Publish(
                false,
                qos,
                false,
                "t",
                messages.nextId(Set.of()),
                Properties.NONE,
                Payload.of(Payload.key(1, number), 0));
        messages.published(publish);
        return publish;
    }

    @Test
    void resendsReleasesInTheOrderOfTheirPubrecsThenPublishesInTheirOriginalOrder() {
        publish(2, 1);
        publish(2, 2);
        publish(1, 3);
        publish(1, 4);
        messages.received(2);
        messages.received(1);
        List<Packet> again = messages.resend();
        assertEquals(new Packet.Ack(Packet.Step.PUBREL, 2, 0, true), again.get(0));
        assertEquals(new Packet.Ack(Packet.Step.PUBREL, 1, 0, true), again.get(1));
        Packet.Publish third = (Packet.Publish) again.get(2);
        assertTrue(third.dup());
        assertEquals(3, third.packetId());
        assertEquals(4, ((Packet.Publish) again.get(3)).packetId());
    }

    @Test
    void keepsAnIdentifierInUseUntilTheLastStep() {
        publish(2, 1);
        messages.received(1);
        for (int i = 2; i <= 65_535; i++) {
            messages.finished(publish(1, i).packetId());
        }
        assertEquals(2, messages.nextId(Set.of()));
        messages.completed(1);
        assertEquals(0, messages.inFlight());
    }

    @Test
    void forgetsEverythingWhenThereIsNoSession() {
        publish(2, 1);
        publish(1, 2);
        messages.received(1);
        assertEquals(1, messages.discard().size());
        assertEquals(List.of(), messages.resend());
    }
}
