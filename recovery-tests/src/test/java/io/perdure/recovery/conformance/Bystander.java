package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;

/** A client that does nothing wrong: whatever another one sends, it has to be served as before. */
final class Bystander implements AutoCloseable {

    private final Peer peer;
    private final String topic;
    private int rounds;

    private Bystander(Peer peer, String topic) {
        this.peer = peer;
        this.topic = topic;
    }

    static Bystander at(LiveBroker broker) {
        String name = broker.unique("bystander");
        Peer peer = Peer.connected(broker, Protocol.MQTT_5, name);
        assertEquals(0, peer.subscribe(1, name, 0));
        return new Bystander(peer, name);
    }

    /** Publishes something and gets it. */
    void expectServed() {
        String payload = "round " + ++rounds;
        peer.publish(0x02, topic, 1, payload);
        List<Frame> both = List.of(peer.next(), peer.next());
        assertEquals(
                List.of(PacketKind.PUBLISH, PacketKind.PUBACK),
                both.stream().map(Frame::kind).sorted().toList());
        assertEquals(
                List.of(payload),
                Stream.of(both.get(0), both.get(1))
                        .filter(frame -> frame.kind() == PacketKind.PUBLISH)
                        .map(frame -> frame.publish().text())
                        .toList());
    }

    @Override
    public void close() {
        peer.close();
    }
}
