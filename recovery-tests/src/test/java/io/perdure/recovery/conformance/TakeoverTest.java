package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.property32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A client connects with the Client Identifier of another connection: that one has to go. */
@Timeout(60)
class TakeoverTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    static Stream<Arguments> versions() {
        return Stream.of(Protocol.values())
                .flatMap(older -> Stream.of(Protocol.values()).map(newer -> Arguments.of(older, newer)));
    }

    @ParameterizedTest(name = "{0} by {1}")
    @MethodSource("versions")
    @Proves(
            v311 = {"MQTT-3.1.4-2", "MQTT-3.2.2-2"},
            v5 = {"MQTT-3.1.4-3", "MQTT-3.2.2-3", "MQTT-3.14.2-2"})
    void closesTheOlderConnectionAndGoesOnWithItsSession(Protocol older, Protocol newer) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        try (Peer first = Peer.connected(BROKER, older, new ConnectPacket(older, clientId).durable());
                Peer second = Peer.open(BROKER, newer);
                Peer publisher = Peer.connected(BROKER, newer, BROKER.unique("publisher"))) {
            first.subscribe(1, topic, 1);
            publisher.publishAcknowledged(topic, 1, "acknowledged");
            publisher.publishAcknowledged(topic, 2, "unacknowledged");
            int packetId = first.nextPublish("acknowledged").packetId();
            int open = first.nextPublish("unacknowledged").packetId();
            first.acknowledge(PacketKind.PUBACK, packetId);
            first.expectQuiet();
            Frame.ConnAck connAck = second.handshake(new ConnectPacket(newer, clientId).durable());
            assertTrue(connAck.sessionPresent());
            Frame.Disconnect disconnect = first.expectDisconnect(0x8E);
            assertFalse(disconnect.properties().has(Property.SESSION_EXPIRY));
            Frame.Publish again = second.nextPublish("unacknowledged");
            assertTrue(again.dup());
            assertEquals(open, again.packetId());
            publisher.publishAcknowledged(topic, 3, "for the newer one");
            second.nextPublish("for the newer one");
            second.expectQuiet();
        }
    }

    @ParameterizedTest(name = "{0} by {1}")
    @MethodSource("versions")
    @Proves(
            v311 = {"MQTT-3.1.4-2", "MQTT-3.1.2-6", "MQTT-3.2.2-1"},
            v5 = {"MQTT-3.1.4-3", "MQTT-3.1.2-4", "MQTT-3.2.2-2"})
    void dropsTheSessionIfTheNewerOneStartsClean(Protocol older, Protocol newer) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        try (Peer first = Peer.connected(BROKER, older, new ConnectPacket(older, clientId).durable());
                Peer second = Peer.open(BROKER, newer);
                Peer publisher = Peer.connected(BROKER, newer, BROKER.unique("publisher"))) {
            first.subscribe(1, topic, 1);
            publisher.publishAcknowledged(topic, 1, "for the older one");
            first.nextPublish("for the older one");
            assertFalse(second.handshake(new ConnectPacket(newer, clientId)).sessionPresent());
            first.expectDisconnect(0x8E);
            publisher.publishAcknowledged(topic, 2, "for nobody");
            second.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.4-2", "MQTT-3.2.2-3"},
            v5 = {"MQTT-3.1.4-3", "MQTT-3.2.2-3", "MQTT-4.1.0-2"},
            choices = "session-expiry-on-takeover")
    void doesNotInheritASessionThatEndsWithItsConnection(Protocol version) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        try (Peer first = Peer.connected(BROKER, version, clientId);
                Peer second = Peer.open(BROKER, version)) {
            first.subscribe(1, topic, 1);
            assertFalse(second.handshake(new ConnectPacket(version, clientId).durable())
                    .sessionPresent());
            first.expectDisconnect(0x8E);
            second.publishAcknowledged(topic, 1, "for nobody");
            second.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.4-2", "MQTT-3.1.2-8"},
            v5 = {"MQTT-3.1.4-3", "MQTT-3.1.2-8"},
            choices = "takeover-will")
    void publishesTheWillOfTheOlderConnection(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version)) {
            for (boolean clean : new boolean[] {false, true}) {
                String clientId = BROKER.unique("client");
                ConnectPacket withWill = new ConnectPacket(version, clientId)
                        .durable()
                        .will(watcher.topic("will"), "taken over", 1, false);
                ConnectPacket next = new ConnectPacket(version, clientId);
                try (Peer first = Peer.connected(BROKER, version, withWill);
                        Peer second = Peer.connected(BROKER, version, clean ? next : next.durable())) {
                    first.expectDisconnect(0x8E);
                    watcher.expect("will", "taken over");
                    second.disconnect();
                }
                watcher.expectNothing();
            }
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.1.3-9", "MQTT-3.1.2-8"},
            choices = "takeover-will")
    void cancelsADelayedWillUnlessTheNewerOneStartsClean() {
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            String clientId = BROKER.unique("client");
            try (Peer first = Peer.connected(BROKER, Protocol.MQTT_5, delayed(clientId, watcher, "cancelled"));
                    Peer second = Peer.connected(BROKER, Protocol.MQTT_5, delayed(clientId, watcher, "published"))) {
                first.expectDisconnect(0x8E);
                watcher.expectNothing();
                try (Peer third = Peer.connected(BROKER, Protocol.MQTT_5, clientId)) {
                    second.expectDisconnect(0x8E);
                    watcher.expect("will", "published");
                    third.disconnect();
                }
            }
            watcher.expectNothing();
        }
    }

    private static ConnectPacket delayed(String clientId, Watcher watcher, String payload) {
        return new ConnectPacket(Protocol.MQTT_5, clientId)
                .durable()
                .will(watcher.topic("will"), payload, 1, false, property32(Property.WILL_DELAY, 100));
    }

    /** One that a later one overtakes before it is accepted is refused. */
    private static boolean isAccepted(Peer peer) {
        Frame answer = peer.nextOrEnd();
        if (answer == null || answer.connAck().reasonCode() != 0) {
            assertEquals(peer.version() == Protocol.MQTT_5, answer != null);
            return false;
        }
        return true;
    }

    private static boolean isAlive(Peer peer) {
        peer.send(hex("c0 00"));
        Frame answer = peer.nextOrEnd();
        if (answer != null && answer.kind() == PacketKind.DISCONNECT) {
            assertEquals(0x8E, answer.disconnect().reasonCode());
        }
        return answer != null && answer.kind() == PacketKind.PINGRESP;
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.4-2", v5 = "MQTT-3.1.4-3")
    void leavesExactlyOneOfManyThatComeAtOnce(Protocol version) {
        String clientId = BROKER.unique("client");
        List<Peer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 30; i++) {
                peers.add(Peer.open(BROKER, version));
            }
            byte[] connect = new ConnectPacket(version, clientId).durable().bytes();
            for (Peer peer : peers) {
                peer.send(connect);
            }
            List<Peer> accepted = new ArrayList<>();
            for (Peer peer : peers) {
                if (isAccepted(peer)) {
                    accepted.add(peer);
                }
            }
            int survivors = 0;
            for (Peer peer : accepted) {
                survivors += isAlive(peer) ? 1 : 0;
            }
            assertEquals(1, survivors);
        } finally {
            peers.forEach(Peer::close);
        }
    }
}
