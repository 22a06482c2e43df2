package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Maximum Packet Size: what the broker takes, and what it sends. */
@Timeout(60)
class PacketSizeTest {

    private static final int MAXIMUM = 2048;

    /** What the subscribers here take. */
    private static final int SMALL = 200;

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with("limits.maximum-packet-size", String.valueOf(MAXIMUM));

    private static byte[] maximum(int bytes) {
        return property32(Property.MAXIMUM_PACKET_SIZE, bytes);
    }

    private static Peer publisher() {
        return Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("p"));
    }

    /** A payload that makes a PUBLISH to a 5.0 client so large, given the bytes of its properties. */
    private static String filling(int sizeBytes, String topic, int qos, int propertyBytes) {
        int headerBytes =
                1 + variable(sizeBytes - 2).length + 2 + topic.length() + (qos > 0 ? 2 : 0) + 1 + propertyBytes;
        return "x".repeat(sizeBytes - headerBytes);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-3.2.2-15", choices = "maximum-packet-size")
    void takesWhatIsAsLargeAsAllowedAndNoMore(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("c"))) {
            peer.subscribe(1, topic, 0);
            int fiveBytes = version == Protocol.MQTT_5 ? 1 : 0;
            String payload = "x".repeat(MAXIMUM - 3 - 2 - topic.length() - fiveBytes);
            assertEquals(MAXIMUM, peer.publishPacket(0x00, topic, 0, payload).length);
            peer.publish(0x00, topic, 0, payload);
            assertEquals(MAXIMUM, peer.next(PacketKind.PUBLISH).sizeBytes());
            peer.publish(0x00, topic, 0, payload + "x");
            peer.expectDisconnect(0x95);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v5 = {"MQTT-3.2.2-15", "MQTT-4.13.1-1"},
            choices = "maximum-packet-size")
    void refusesFromTheFixedHeader(Protocol version) {
        for (int firstByte : new int[] {0x30, 0x32, 0x82, 0xA2, 0x40}) {
            BROKER.refuses(version, 0x95, u8(firstByte), variable(MAXIMUM - 2));
            BROKER.refuses(version, 0x95, u8(firstByte), variable(268_435_455));
        }
    }

    @Test
    @Proves(choices = "maximum-packet-size")
    void saysWhyEvenIfTheRestIsOnItsWay() {
        try (Peer peer = publisher()) {
            peer.publish(0x02, "t", 1, "x".repeat(1 << 20));
            peer.expectDisconnect(0x95);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Proves(v5 = {"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void isKeptToByLeavingOutWhatIsLarger(int qos) {
        String topic = BROKER.unique("t");
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s"))
                .properties(maximum(SMALL), property16(Property.RECEIVE_MAXIMUM, 2));
        try (Peer publisher = publisher();
                Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, connect);
                Peer other = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("s"))) {
            subscriber.subscribe(1, topic, qos);
            other.subscribe(1, topic, qos);
            String fits = filling(SMALL, topic, qos, 0);
            for (int i = 0; i < 5; i++) {
                // each that is left out would take one of two places for good, if it did not count as finished
                publisher.publishReleased(topic, 1, fits + "x");
                publisher.publishReleased(topic, 1, fits);
                other.receive(fits + "x");
                other.receive(fits);
                Frame frame = subscriber.next(PacketKind.PUBLISH);
                assertEquals(SMALL, frame.sizeBytes());
                assertEquals(fits, frame.publish().text());
                if (qos == 1) {
                    subscriber.acknowledge(PacketKind.PUBACK, frame.publish().packetId());
                } else if (qos == 2) {
                    subscriber.acknowledge(PacketKind.PUBREC, frame.publish().packetId(), 0x80);
                }
            }
            subscriber.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void countsAllThatAMessageBringsWithIt() {
        String topic = BROKER.unique("t");
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s"))
                .properties(maximum(SMALL), property16(Property.TOPIC_ALIAS_MAXIMUM, 10));
        byte[] expiry = property32(Property.MESSAGE_EXPIRY, 100_000);
        byte[] user = Bytes.userProperty("key", "value");
        byte[] identifier = join(u8(Property.SUBSCRIPTION_ID), variable(268_435_455));
        int propertyBytes = expiry.length + user.length + identifier.length;
        try (Peer publisher = publisher();
                Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            subscriber.subscribe(1, topic, 1, identifier);
            String fits = filling(SMALL, topic, 1, propertyBytes);
            // an alias would make the first one too large
            for (int i = 0; i < 3; i++) {
                publisher.publishAcknowledged(topic, 1, fits + "x", expiry, user);
                publisher.publishAcknowledged(topic, 1, fits, expiry, user);
                Frame frame = subscriber.next(PacketKind.PUBLISH);
                assertEquals(SMALL, frame.sizeBytes());
                assertEquals(fits, frame.publish().text());
                assertEquals(topic, frame.publish().topic());
            }
            publisher.publishAcknowledged(topic, 1, "small");
            assertTrue(subscriber.receive("small").properties().has(Property.TOPIC_ALIAS));
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void holdsForWhatWaitsForASession() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        String large = "x".repeat(SMALL);
        try (Peer publisher = publisher()) {
            try (Peer subscriber = Peer.durable(BROKER, Protocol.MQTT_5, client)) {
                subscriber.subscribe(1, topic, 2);
                // sent to a client that took it then, and will not be sent again to one that does not
                publisher.publishReleased(topic, 1, large);
                subscriber.nextPublish(large);
            }
            BROKER.settle();
            publisher.publishReleased(topic, 1, large);
            publisher.publishAcknowledged(topic, 1, large);
            publisher.publishAcknowledged(topic, 1, "small");
        }
        BROKER.restart();
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client, maximum(SMALL))) {
            assertFalse(back.receive("small").dup());
            back.disconnect();
        }
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
            back.expectQuiet();
            back.publishAcknowledged(topic, 1, "what was left out is gone for good");
            back.receive("what was left out is gone for good");
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-24", "MQTT-3.1.2-25"})
    void holdsForRetainedMessages() {
        String topic = BROKER.unique("t");
        String large = "x".repeat(SMALL);
        try (Peer publisher = publisher()) {
            for (String payload : List.of(large, "small")) {
                String begin = topic + "/" + payload.length() + "/";
                publisher.publish(0x01, begin + 0, 0, payload);
                publisher.publish(0x03, begin + 1, 1, payload);
                publisher.nextAck(PacketKind.PUBACK, 1);
                publisher.publish(0x05, begin + 2, 1, payload);
                publisher.nextAck(PacketKind.PUBREC, 1);
                publisher.acknowledge(PacketKind.PUBREL, 1);
                publisher.nextAck(PacketKind.PUBCOMP, 1);
            }
        }
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s")).properties(maximum(SMALL));
        try (Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            subscriber.subscribe(1, topic + "/#", 2);
            for (int i = 0; i < 3; i++) {
                subscriber.receive("small");
            }
            subscriber.publishAcknowledged(topic, 1, "marker");
            subscriber.receive("marker");
        }
    }

    @Test
    @Proves(
            v5 = {
                "MQTT-3.1.2-24",
                "MQTT-3.4.2-2",
                "MQTT-3.4.2-3",
                "MQTT-3.5.2-2",
                "MQTT-3.5.2-3",
                "MQTT-3.6.2-2",
                "MQTT-3.6.2-3",
                "MQTT-3.7.2-2",
                "MQTT-3.7.2-3",
                "MQTT-3.14.2-3",
                "MQTT-3.14.2-4"
            })
    void holdsForEveryAnswer() {
        int tightest = tightestMaximum();
        String client = BROKER.unique("c");
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, client).properties(maximum(tightest));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            peer.publish(0x02, BROKER.unique("nobody"), 1, "m");
            assertFits(tightest, 0x10, peer.next(PacketKind.PUBACK));
            peer.publish(0x04, BROKER.unique("nobody"), 2, "m");
            assertFits(tightest, 0x10, peer.next(PacketKind.PUBREC));
            peer.acknowledge(PacketKind.PUBREC, 77);
            assertFits(tightest, 0x92, peer.next(PacketKind.PUBREL));
            peer.acknowledge(PacketKind.PUBREL, 77);
            assertFits(tightest, 0x92, peer.next(PacketKind.PUBCOMP));
            peer.send(packet(0x30, text("no/+"), Bytes.properties()));
            Frame disconnect = peer.next(PacketKind.DISCONNECT);
            assertTrue(disconnect.sizeBytes() <= tightest, disconnect::toString);
            assertEquals(0x90, disconnect.disconnect().reasonCode());
            peer.expectClosed();
        }
    }

    /** The size of a CONNACK: a client that takes less can't be connected. */
    private static int tightestMaximum() {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("c")).bytes());
            return peer.next(PacketKind.CONNACK).sizeBytes();
        }
    }

    private static void assertFits(int maximumBytes, int reasonCode, Frame answer) {
        assertTrue(answer.sizeBytes() <= maximumBytes, answer::toString);
        assertEquals(reasonCode, answer.ack().reasonCode());
    }
}
