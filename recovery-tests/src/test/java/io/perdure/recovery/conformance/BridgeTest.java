package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Other brokers connect as clients of 3.1.1 that need two options of 5.0. */
@Timeout(60)
class BridgeTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("bridged");

    private Peer bridge() {
        Protocol version = Protocol.MQTT_3_1_1;
        return Peer.connected(BROKER, version, new ConnectPacket(version, BROKER.unique("bridge")).bridge());
    }

    @Test
    @Proves(choices = "bridge-protocol-level")
    void aBridgeGetsWhatOthersPublishAsTheyDid() {
        try (Peer bridge = bridge();
                Peer other = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("other"))) {
            assertEquals(1, bridge.subscribe(1, topic, 1));
            bridge.publishAcknowledged(topic, 1, "its own");
            other.publish(0x03, topic, 1, "retained");
            assertEquals(true, bridge.nextPublish("retained").retain());
            other.publish(0x02, topic, 2, "not retained");
            assertEquals(false, bridge.nextPublish("not retained").retain());
        }
    }

    @Test
    @Proves(choices = "bridge-protocol-level")
    void bridgesOf5HaveNoLevelOfTheirOwn() {
        try (Peer bridge = Peer.open(BROKER, Protocol.MQTT_5)) {
            bridge.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("bridge"))
                    .bridge()
                    .bytes());
            bridge.expectRefusal(0x84);
        }
    }
}
