package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long session state is stored [4.1]. */
@Timeout(60)
class StoredStateTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final Duration LONG = Duration.ofDays(400);

    private static ConnectPacket connect(Protocol version, String client, long expiryS) {
        ConnectPacket connect = new ConnectPacket(version, client);
        return version == Protocol.MQTT_5 ? connect.properties(property32(Property.SESSION_EXPIRY, expiryS)) : connect;
    }

    private static boolean present(Peer peer, ConnectPacket connect) {
        peer.send(connect.resume().bytes());
        return peer.next().connAck().sessionPresent();
    }

    /** Subscriptions, the identifiers of both directions, and what was not acknowledged. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.1.0-1", "MQTT-4.1.0-2"},
            v5 = "MQTT-4.1.0-1")
    void isKeptWhileTheConnectionIsOpen(Protocol version) {
        String topic = BROKER.unique("t");
        for (long expiryS : new long[] {0, 10}) {
            try (Peer peer = Peer.connected(BROKER, version, connect(version, BROKER.unique("s"), expiryS));
                    Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
                peer.subscribe(1, topic, 2);
                publisher.publishReleased(topic, 1, "message");
                int packetId = peer.nextPublish("message").packetId();
                peer.publish(0x04, topic + "/other", 7, "mine");
                peer.nextAck(PacketKind.PUBREC, 7);
                BROKER.advance(LONG);
                BROKER.settle();
                peer.acknowledge(PacketKind.PUBREC, packetId);
                assertEquals(0, peer.nextAck(PacketKind.PUBREL, packetId));
                peer.acknowledge(PacketKind.PUBCOMP, packetId);
                peer.acknowledge(PacketKind.PUBREL, 7);
                assertEquals(0, peer.nextAck(PacketKind.PUBCOMP, 7));
                publisher.publishReleased(topic, 1, "another");
                peer.receive("another");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = "MQTT-4.1.0-2")
    void isDiscardedWhenTheSessionHasExpired(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer peer = Peer.connected(BROKER, version, connect(version, client, 100));
                Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            peer.subscribe(1, topic, 2);
            publisher.publishReleased(topic, 1, "message");
            peer.nextPublish("message");
            peer.publish(0x04, topic + "/other", 7, "mine");
            peer.nextAck(PacketKind.PUBREC, 7);
            peer.disconnect();
            BROKER.settle();
            BROKER.advance(Duration.ofSeconds(130));
            BROKER.settle();
            assertEquals(0x10, publisher.publishReleased(topic, 1, "nobody is left"));
        }
        try (Peer back = Peer.open(BROKER, version)) {
            assertFalse(present(back, connect(version, client, 100)));
            back.expectQuiet();
            back.acknowledge(PacketKind.PUBREL, 7);
            assertEquals(0x92, back.nextAck(PacketKind.PUBCOMP, 7));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.1.0-1")
    void isKeptForASessionThatDoesNotExpire(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        Peer peer = Peer.durable(BROKER, version, client);
        peer.subscribe(1, topic, 2);
        peer.disconnect();
        BROKER.restartAfter(LONG);
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            publisher.publishReleased(topic, 1, "message");
        }
        BROKER.advance(LONG);
        BROKER.restartAfter(LONG);
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            back.receive("message");
        }
    }
}
