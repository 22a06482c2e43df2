package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * Sees what is published below a topic of its own, and can tell that nothing was. Subscribes with QoS 1 and never
 * acknowledges.
 */
final class Watcher implements AutoCloseable {

    private final LiveBroker broker;
    private final String top;
    private final Peer peer;
    private int markers;

    Watcher(LiveBroker broker, Protocol version) {
        this.broker = broker;
        this.top = broker.unique("watched");
        this.peer = Peer.connected(broker, version, broker.unique("watcher"));
        assertEquals(1, peer.subscribe(1, top + "/#", 1));
    }

    /** A topic that it sees. */
    String topic(String level) {
        return top + "/" + level;
    }

    /** The next message has to be on this topic of {@link #topic}, with this payload. */
    Frame.Publish expect(String level, String payload) {
        Frame.Publish publish = peer.nextPublish(payload);
        assertEquals(topic(level), publish.topic());
        return publish;
    }

    /**
     * Nothing may have been published but what was seen; what the ends of connections, seen by the broker, and the time
     * that has passed lead to is among it.
     */
    void expectNothing() {
        broker.settle();
        String marker = "marker " + ++markers;
        try (Peer publisher = Peer.connected(broker, Protocol.MQTT_5, broker.unique("marking"))) {
            publisher.publishAcknowledged(topic("marker"), 1, marker);
            publisher.disconnect();
        }
        expect("marker", marker);
    }

    @Override
    public void close() {
        peer.close();
    }
}
