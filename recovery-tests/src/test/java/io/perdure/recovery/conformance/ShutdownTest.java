package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The broker stops while clients are connected. */
@Timeout(60)
class ShutdownTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-4", "MQTT-4.1.0-1"},
            v5 = {"MQTT-3.14.2-2", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-3.14.0-1", "MQTT-3.1.2-23"},
            choices = "server-shutdown")
    void tellsClientsAndKeepsTheirSessions(Protocol version) {
        String topic = BROKER.unique("topic");
        ConnectPacket durable = new ConnectPacket(version, BROKER.unique("client")).durable();
        try (Peer peer = Peer.connected(BROKER, version, durable);
                Peer unannounced = Peer.open(BROKER, version);
                Peer halfWay = Peer.open(BROKER, version)) {
            peer.subscribe(1, topic, 1);
            halfWay.send(Bytes.hex("10 20 00"));
            BROKER.settle();
            BROKER.restart();
            Frame.Disconnect disconnect = peer.expectDisconnect(0x8B);
            if (version == Protocol.MQTT_5) {
                assertEquals(
                        Set.of(Property.REASON_STRING),
                        disconnect.properties().values().keySet());
            }
            unannounced.expectClosed();
            halfWay.expectClosed();
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            assertTrue(peer.handshake(durable).sessionPresent());
            peer.publishAcknowledged(topic, 1, "to itself");
        }
    }
}
