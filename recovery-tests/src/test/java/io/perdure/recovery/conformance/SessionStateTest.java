package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is kept of a client between its connections, and whether CONNACK says so. */
@Timeout(60)
class SessionStateTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    /** How a client connects. */
    private enum Way {
        /** Clean Start 1, and the session ends with the connection. */
        CLEAN,
        /** Clean Start 1, and the session is kept; only in 5.0. */
        CLEAN_KEPT,
        /** Clean Start 0, and the session is kept. */
        RESUMED,
        /** Clean Start 0, and the session ends with the connection; only in 5.0. */
        RESUMED_ONCE;

        boolean starts() {
            return this == CLEAN || this == CLEAN_KEPT;
        }

        boolean keeps() {
            return this == CLEAN_KEPT || this == RESUMED;
        }

        boolean existsIn(Protocol version) {
            return version == Protocol.MQTT_5 || starts() != keeps();
        }

        ConnectPacket connect(Protocol version, String clientId) {
            ConnectPacket connect = new ConnectPacket(version, clientId);
            if (!starts()) {
                connect.resume();
            }
            if (version == Protocol.MQTT_5 && keeps()) {
                connect.properties(Bytes.property32(Property.SESSION_EXPIRY, 1000));
            }
            return connect;
        }
    }

    static Stream<Arguments> ways() {
        return Stream.of(Protocol.values()).flatMap(version -> Stream.of(Way.values())
                .filter(way -> way.existsIn(version))
                .flatMap(first -> Stream.of(Protocol.values()).flatMap(then -> Stream.of(Way.values())
                        .filter(way -> way.existsIn(then))
                        .map(second -> Arguments.of(version, first, then, second)))));
    }

    @ParameterizedTest(name = "{0} {1}, then {2} {3}")
    @MethodSource("ways")
    @Proves(
            v311 = {
                "MQTT-3.1.2-4",
                "MQTT-3.1.2-6",
                "MQTT-3.1.4-3",
                "MQTT-3.2.2-1",
                "MQTT-3.2.2-2",
                "MQTT-3.2.2-3",
                "MQTT-3.1.3-2"
            },
            v5 = {
                "MQTT-3.1.2-4",
                "MQTT-3.1.2-5",
                "MQTT-3.1.2-6",
                "MQTT-3.1.2-23",
                "MQTT-3.1.4-4",
                "MQTT-3.2.2-2",
                "MQTT-3.2.2-3",
                "MQTT-3.1.3-2"
            },
            choices = "session-across-versions")
    void isPresentIfItWasKeptAndIsNotDiscarded(Protocol version, Way first, Protocol then, Way second) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        try (Peer peer = Peer.open(BROKER, version)) {
            assertFalse(peer.handshake(first.connect(version, clientId)).sessionPresent());
            assertEquals(1, peer.subscribe(1, topic, 1));
            peer.disconnect();
        }
        publish(topic, "while it was away");
        try (Peer peer = Peer.open(BROKER, then)) {
            Frame.ConnAck connAck = peer.handshake(second.connect(then, clientId));
            assertEquals(0, connAck.reasonCode());
            boolean present = first.keeps() && !second.starts();
            assertEquals(present, connAck.sessionPresent());
            if (present) {
                peer.nextPublish("while it was away");
            }
            publish(topic, "while it is here");
            if (present) {
                peer.nextPublish("while it is here");
            }
            peer.expectQuiet();
            peer.disconnect();
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            boolean kept = second.keeps();
            ConnectPacket resume = new ConnectPacket(version, clientId).durable();
            assertEquals(kept, peer.handshake(resume).sessionPresent());
        }
    }

    private static void publish(String topic, String payload) {
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("publisher"))) {
            publisher.publishAcknowledged(topic, 1, payload);
            publisher.disconnect();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-4", "MQTT-3.1.2-5", "MQTT-4.1.0-1", "MQTT-3.2.2-2"},
            v5 = {"MQTT-3.1.2-5", "MQTT-3.1.2-23", "MQTT-4.1.0-1", "MQTT-3.2.2-3"})
    void holdsAllThatTheSpecificationNamesAlsoOverARestart(Protocol version) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        try (Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, clientId).durable())) {
            peer.subscribe(1, topic + "/#", 2);
            peer.publish(0x02, topic + "/to-self", 5, "unacknowledged");
            peer.publish(0x04, topic + "/to-self", 6, "received");
            peer.publish(0x04, topic + "/to-self", 7, "unreceived");
            int first = 0;
            int second = 0;
            for (int i = 0; i < 6; i++) {
                Frame frame = peer.next();
                if (frame.kind() == PacketKind.PUBLISH) {
                    first = first == 0 ? frame.publish().packetId() : first;
                    second = frame.publish().text().equals("received")
                            ? frame.publish().packetId()
                            : second;
                }
            }
            peer.acknowledge(PacketKind.PUBREC, second);
            assertEquals(second, peer.next(PacketKind.PUBREL).ack().packetId());
            peer.drop();
        }
        BROKER.settle();
        publish(topic + "/away", "while it was away");
        BROKER.restart();
        try (Peer peer = Peer.open(BROKER, version)) {
            assertTrue(peer.handshake(new ConnectPacket(version, clientId).durable())
                    .sessionPresent());
            peer.next(PacketKind.PUBREL); // what was PUBRECed
            assertTrue(peer.nextPublish("unacknowledged").dup());
            assertTrue(peer.nextPublish("unreceived").dup());
            assertFalse(peer.nextPublish("while it was away").dup());
            // its own QoS 2 messages were received, and are not taken again
            peer.publish(0x0C, topic + "/to-self", 6, "received");
            peer.publish(0x0C, topic + "/to-self", 7, "unreceived");
            peer.next(PacketKind.PUBREC);
            peer.next(PacketKind.PUBREC);
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-7")
    void doesNotHoldRetainedMessages(Protocol version) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("retained");
        try (Peer peer = Peer.connected(BROKER, version, clientId)) {
            peer.publish(0x03, topic, 1, "stays");
            peer.next(PacketKind.PUBACK);
            peer.disconnect();
        }
        try (Peer peer = Peer.connected(BROKER, version, clientId)) {
            peer.subscribe(1, topic, 0);
            assertTrue(peer.nextPublish("stays").retain());
            peer.disconnect();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.1.0-1", "MQTT-4.1.0-2"},
            v5 = "MQTT-4.1.0-1")
    void lastsForAsLongAsTheConnectionAtLeast(Protocol version) {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        ConnectPacket connect = new ConnectPacket(version, clientId);
        if (version == Protocol.MQTT_5) {
            connect.properties(Bytes.property32(Property.SESSION_EXPIRY, 1));
        }
        try (Peer peer = Peer.connected(BROKER, version, connect)) {
            peer.subscribe(1, topic, 1);
            BROKER.advance(Duration.ofDays(30));
            BROKER.settle();
            publish(topic, "after a month");
            peer.nextPublish("after a month");
            peer.disconnect();
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-4", "MQTT-3.1.4-4"})
    void isDiscardedForGoodByACleanStart() {
        String clientId = BROKER.unique("client");
        String topic = BROKER.unique("topic");
        try (Peer peer =
                Peer.connected(BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).durable())) {
            peer.subscribe(1, topic, 2);
            peer.publish(0x04, topic, 9, "received once");
            peer.next();
            peer.next();
            peer.drop();
        }
        publish(topic, "while it was away");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, clientId)) {
            peer.subscribe(1, topic, 2);
            peer.publish(0x04, topic, 9, "received again");
            peer.next(PacketKind.PUBREC);
            peer.nextPublish("received again");
            peer.expectQuiet();
            peer.disconnect();
        }
        BROKER.restart();
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            assertFalse(peer.handshake(new ConnectPacket(Protocol.MQTT_5, clientId).durable())
                    .sessionPresent());
            publish(topic, "after all");
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-4.2.0-1")
    void isFedOverAnOrderedLosslessTransportInBothDirections() {
        String topic = BROKER.unique("stream");
        String padding = "p".repeat(5000);
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("publisher"));
                Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("subscriber"))) {
            subscriber.subscribe(1, topic, 1);
            for (int i = 0; i < 1000; i++) {
                publisher.publish(0x02, topic, i + 1, i + padding);
            }
            for (int i = 0; i < 1000; i++) {
                assertEquals(i + 1, publisher.next(PacketKind.PUBACK).ack().packetId());
            }
            for (int i = 0; i < 1000; i++) {
                subscriber.nextPublish(i + padding);
            }
        }
    }
}
