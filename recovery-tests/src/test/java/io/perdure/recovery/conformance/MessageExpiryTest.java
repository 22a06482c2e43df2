package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The Message Expiry Interval. */
@Timeout(60)
class MessageExpiryTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    /** How much longer than the clock was put forward a test may take. */
    private static final int SLACK_S = 30;

    private static byte[] expiry(long seconds) {
        return property32(Property.MESSAGE_EXPIRY, seconds);
    }

    private static void assertLeft(long seconds, Frame.Publish publish) {
        long left = publish.properties().number(Property.MESSAGE_EXPIRY);
        assertTrue(left <= seconds && left > seconds - SLACK_S, () -> left + " s left, not " + seconds);
    }

    private static Peer publisher() {
        return Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("p"));
    }

    /** A durable session that is away, subscribed at QoS 2. */
    private static void subscribeAndLeave(Protocol version, String client, String topic) {
        Peer subscriber = Peer.durable(BROKER, version, client);
        subscriber.subscribe(1, topic, 2);
        subscriber.disconnect();
    }

    @Test
    @Proves(v5 = "MQTT-3.3.2-6")
    void isWhatCameIfTheMessageDidNotWait() {
        String topic = BROKER.unique("t");
        try (Peer peer = publisher()) {
            peer.subscribe(1, topic, 2);
            peer.publish(0x00, topic, 0, "zero", expiry(1000));
            assertLeft(1000, peer.receive("zero"));
            peer.publishAcknowledged(topic, 1, "one", expiry(0xFFFF_FFFFL));
            assertLeft(0xFFFF_FFFFL, peer.receive("one"));
            peer.publishAcknowledged(topic, 1, "none");
            assertFalse(peer.receive("none").properties().has(Property.MESSAGE_EXPIRY));
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    void goesOnInTheQueueOfASessionThatIsAway() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        subscribeAndLeave(Protocol.MQTT_5, client, topic);
        try (Peer publisher = publisher()) {
            publisher.publishAcknowledged(topic, 1, "short", expiry(100));
            publisher.publishAcknowledged(topic, 1, "long", expiry(1000));
            publisher.publishReleased(topic, 1, "short, QoS 2", expiry(100));
            publisher.publishAcknowledged(topic, 1, "for ever");
        }
        BROKER.advance(Duration.ofMinutes(5));
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
            assertLeft(700, back.receive("long"));
            assertFalse(back.receive("for ever").properties().has(Property.MESSAGE_EXPIRY));
            back.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    void goesOnWhileTheBrokerIsDown() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        subscribeAndLeave(Protocol.MQTT_5, client, topic);
        try (Peer publisher = publisher()) {
            publisher.publishAcknowledged(topic, 1, "short", expiry(100));
            publisher.publishAcknowledged(topic, 1, "long", expiry(1000));
            publisher.publish(0x03, topic + "/kept", 1, "short", expiry(100));
            publisher.nextAck(PacketKind.PUBACK, 1);
            publisher.publish(0x03, topic + "/kept/too", 1, "long", expiry(1000));
            publisher.nextAck(PacketKind.PUBACK, 1);
        }
        BROKER.restartAfter(Duration.ofMinutes(5));
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
            assertLeft(700, back.receive("long"));
            back.expectQuiet();
            back.subscribe(1, topic + "/kept/#", 1);
            assertLeft(700, back.receive("long"));
            back.publishAcknowledged(topic, 1, "marker");
            back.receive("marker");
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"},
            choices = "retained-expiry")
    void goesOnInTheRetainedStore() {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher();
                Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("s"))) {
            publisher.publish(0x03, topic + "/a", 1, "short", expiry(100));
            publisher.nextAck(PacketKind.PUBACK, 1);
            publisher.publish(0x03, topic + "/b", 1, "long", expiry(1000));
            publisher.nextAck(PacketKind.PUBACK, 1);
            subscriber.subscribe(1, topic + "/a", 1);
            assertLeft(100, subscriber.receive("short"));
            BROKER.advance(Duration.ofMinutes(5));
            subscriber.subscribe(1, topic + "/#", 1);
            assertLeft(700, subscriber.receive("long"));
            publisher.publishAcknowledged(topic, 1, "marker");
            subscriber.receive("marker");
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"})
    void goesOnWhileAConnectedSubscriberHoldsMessagesUp() {
        String topic = BROKER.unique("t");
        ConnectPacket one = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s"))
                .properties(property16(Property.RECEIVE_MAXIMUM, 1));
        try (Peer publisher = publisher();
                Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, one)) {
            subscriber.subscribe(1, topic, 2);
            publisher.publishAcknowledged(topic, 1, "first", expiry(100));
            publisher.publishAcknowledged(topic, 1, "short", expiry(100));
            publisher.publishAcknowledged(topic, 1, "long", expiry(1000));
            Frame.Publish first = subscriber.nextPublish("first");
            BROKER.advance(Duration.ofMinutes(5));
            subscriber.expectQuiet();
            subscriber.acknowledge(PacketKind.PUBACK, first.packetId());
            assertLeft(700, subscriber.receive("long"));
            publisher.publishAcknowledged(topic, 1, "marker");
            subscriber.receive("marker");
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.2-5")
    void holdsForOlderSubscribersToo() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        subscribeAndLeave(Protocol.MQTT_3_1_1, client, topic);
        try (Peer publisher = publisher()) {
            publisher.publishAcknowledged(topic, 1, "short", expiry(100));
            publisher.publishAcknowledged(topic, 1, "long", expiry(1000));
        }
        BROKER.advance(Duration.ofMinutes(5));
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_3_1_1, client)) {
            back.receive("long");
            back.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-4.3.3-7")
    void doesNotEndADeliveryThatHasBegun() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        int two;
        int released;
        try (Peer publisher = publisher();
                Peer subscriber = Peer.durable(BROKER, Protocol.MQTT_5, client)) {
            subscriber.subscribe(1, topic, 2);
            publisher.publishReleased(topic, 1, "two", expiry(10));
            two = subscriber.nextPublish("two").packetId();
            publisher.publishReleased(topic, 1, "released", expiry(10));
            released = subscriber.nextPublish("released").packetId();
            subscriber.acknowledge(PacketKind.PUBREC, released);
            subscriber.nextAck(PacketKind.PUBREL, released);
        }
        BROKER.restartAfter(Duration.ofMinutes(5));
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
            back.nextAck(PacketKind.PUBREL, released);
            Frame.Publish again = back.receive("two");
            assertTrue(again.dup());
            assertEquals(two, again.packetId());
            back.acknowledge(PacketKind.PUBCOMP, released);
            back.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-4.3.3-13")
    void doesNotEndTheHandshakeWithThePublisher() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("p");
        Peer publisher = Peer.durable(BROKER, Protocol.MQTT_5, client);
        publisher.publish(0x04, topic, 1, "expires", expiry(10));
        publisher.nextAck(PacketKind.PUBREC, 1);
        publisher.publish(0x04, topic, 2, "expires too", expiry(10));
        publisher.nextAck(PacketKind.PUBREC, 2);
        BROKER.advance(Duration.ofMinutes(5));
        publisher.acknowledge(PacketKind.PUBREL, 1);
        assertEquals(0, publisher.nextAck(PacketKind.PUBCOMP, 1));
        publisher.disconnect();
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
            back.publish(0x0C, topic, 2, "expires too", expiry(10));
            back.nextAck(PacketKind.PUBREC, 2);
            back.acknowledge(PacketKind.PUBREL, 2);
            assertEquals(0, back.nextAck(PacketKind.PUBCOMP, 2));
        }
    }

    @Test
    @Proves(choices = "message-expiry-zero")
    void ofZeroHasPassedAtOnce() {
        String topic = BROKER.unique("t");
        try (Peer peer = publisher()) {
            peer.subscribe(1, topic, 2);
            peer.publish(0x00, topic, 0, "gone", expiry(0));
            assertEquals(0, peer.publishAcknowledged(topic, 1, "gone", expiry(0)));
            peer.publishAcknowledged(topic, 1, "marker");
            peer.receive("marker");
        }
    }
}
