package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a message says about itself reaches its subscribers as it was said. */
@Timeout(60)
class MessagePropertiesTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final byte[][] ALL = {
        userProperty("k", "first"),
        property8(Property.PAYLOAD_FORMAT, 1),
        userProperty("k", "first"),
        propertyText(Property.CONTENT_TYPE, "text/plain; \u00E9"),
        userProperty("", ""),
        propertyText(Property.RESPONSE_TOPIC, "answers/\uFEFF/here"),
        userProperty("b", "2"),
        join(u8(Property.CORRELATION_DATA), binary(hex("00 ff 80 c3 00"))),
        userProperty("a", "1"),
        userProperty("k", "last"),
    };

    private static void assertAll(Frame.Publish publish) {
        Frame.Properties properties = publish.properties();
        assertEquals(1, properties.number(Property.PAYLOAD_FORMAT));
        assertEquals("text/plain; \u00E9", properties.text(Property.CONTENT_TYPE));
        assertEquals("answers/\uFEFF/here", properties.text(Property.RESPONSE_TOPIC));
        assertEquals("00ff80c300", properties.text(Property.CORRELATION_DATA));
        List<Frame.Pair> expected = List.of(
                new Frame.Pair("k", "first"),
                new Frame.Pair("k", "first"),
                new Frame.Pair("", ""),
                new Frame.Pair("b", "2"),
                new Frame.Pair("a", "1"),
                new Frame.Pair("k", "last"));
        assertEquals(expected, properties.all(Property.USER));
        assertEquals(5, properties.values().size());
    }

    @Test
    @Proves(
            v5 = {
                "MQTT-3.3.2-4",
                "MQTT-3.3.2-15",
                "MQTT-3.3.2-16",
                "MQTT-3.3.2-17",
                "MQTT-3.3.2-18",
                "MQTT-3.3.2-20",
                "MQTT-1.5.4-3"
            },
            choices = "duplicate-user-properties")
    void reachSubscribersUnalteredAtEachQos() {
        String topic = BROKER.unique("t");
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("p"));
                Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("s"))) {
            subscriber.subscribe(1, topic, 2);
            publisher.publish(0x00, topic, 0, "zero", ALL);
            assertAll(subscriber.receive("zero"));
            publisher.publish(0x02, topic, 1, "one", ALL);
            assertAll(subscriber.receive("one"));
            publisher.publish(0x04, topic, 2, "two", ALL);
            assertAll(subscriber.receive("two"));
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.2-4", "MQTT-3.3.2-15", "MQTT-3.3.2-16", "MQTT-3.3.2-17", "MQTT-3.3.2-18", "MQTT-3.3.2-20"})
    void surviveTheQueueTheRetainedStoreAndARestart() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        Peer subscriber = Peer.durable(BROKER, Protocol.MQTT_5, client);
        subscriber.subscribe(1, topic, 2);
        subscriber.disconnect();
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("p"))) {
            publisher.publishAcknowledged(topic, 1, "queued", ALL);
            publisher.publish(0x03, topic, 1, "retained", ALL);
            publisher.nextAck(PacketKind.PUBACK, 1);
        }
        BROKER.restart();
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client);
                Peer newcomer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("s"))) {
            assertAll(back.receive("queued"));
            assertAll(back.receive("retained"));
            newcomer.subscribe(1, topic, 2);
            assertAll(newcomer.receive("retained"));
        }
    }

    @Test
    @Proves(v5 = "MQTT-2.2.2-1")
    void areNeitherMadeUpNorSentToThoseWhoKnowNone() {
        String topic = BROKER.unique("t");
        try (Peer five = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("s"));
                Peer four = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("s"))) {
            five.subscribe(1, topic, 0);
            four.subscribe(1, topic, 0);
            four.publish(0x00, topic, 0, "from 3.1.1");
            four.nextPublish("from 3.1.1");
            Frame bare = five.next(PacketKind.PUBLISH);
            assertEquals(Map.of(), bare.publish().properties().values());
            assertArrayEquals(join(text(topic), hex("00"), "from 3.1.1".getBytes(StandardCharsets.UTF_8)), bare.body());
            five.publish(0x00, topic, 0, "from 5.0", ALL);
            four.nextPublish("from 5.0");
        }
    }

    @Test
    void mayBeAsLongAsTheyCanBe() {
        String topic = BROKER.unique("t");
        byte[] data = new byte[65_535];
        data[65_534] = 7;
        String longText = "x".repeat(65_535);
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("c"))) {
            peer.subscribe(1, topic, 1);
            peer.publish(
                    0x02,
                    topic,
                    1,
                    "m",
                    join(u8(Property.CORRELATION_DATA), binary(data)),
                    propertyText(Property.CONTENT_TYPE, longText),
                    userProperty(longText, longText),
                    propertyText(Property.RESPONSE_TOPIC, longText));
            peer.nextAck(PacketKind.PUBACK, 1);
            Frame.Properties properties = peer.receive("m").properties();
            assertEquals(longText, properties.text(Property.CONTENT_TYPE));
            assertEquals(longText, properties.text(Property.RESPONSE_TOPIC));
            assertEquals(
                    new Frame.Pair(longText, longText),
                    properties.all(Property.USER).get(0));
            assertEquals("00".repeat(65_534) + "07", properties.text(Property.CORRELATION_DATA));
            peer.publish(0x00, topic, 0, "empty", join(u8(Property.CORRELATION_DATA), binary()));
            assertEquals("", peer.receive("empty").properties().text(Property.CORRELATION_DATA));
        }
    }

    @Test
    @Proves(choices = "payload-format")
    void doNotLeadToACheckOfThePayload() {
        String topic = BROKER.unique("t");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("c"))) {
            peer.subscribe(1, topic, 1);
            byte[] properties = Bytes.properties(property8(Property.PAYLOAD_FORMAT, 1));
            peer.send(packet(0x30, text(topic), properties, hex("ff fe 00")));
            Frame.Publish publish = peer.next(PacketKind.PUBLISH).publish();
            assertArrayEquals(hex("ff fe 00"), publish.payload());
            assertEquals(1, publish.properties().number(Property.PAYLOAD_FORMAT));
            peer.publish(0x00, topic, 0, "bytes", property8(Property.PAYLOAD_FORMAT, 0));
            assertEquals(0, peer.receive("bytes").properties().number(Property.PAYLOAD_FORMAT));
            peer.publish(0x00, topic, 0, "nothing said");
            assertFalse(peer.receive("nothing said").properties().has(Property.PAYLOAD_FORMAT));
        }
    }

    @Test
    void areRefusedIfTheirValueIsNone() {
        refuses(0x82, property8(Property.PAYLOAD_FORMAT, 2));
    }

    @Test
    @Proves(v5 = "MQTT-3.3.2-14")
    void areRefusedIfTheResponseTopicHasWildcards() {
        for (String topic : List.of("a/+", "a/#", "#", "+/a")) {
            refuses(0x82, propertyText(Property.RESPONSE_TOPIC, topic));
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.2-13", "MQTT-3.3.2-19", "MQTT-1.5.7-1", "MQTT-1.5.4-1", "MQTT-1.5.4-2"})
    void areRefusedIfAStringIsNoUtf8() {
        for (String malformed : List.of("ed a0 80", "61 00", "ff", "c3")) {
            byte[] string = binary(hex(malformed));
            refuses(0x81, join(u8(Property.RESPONSE_TOPIC), string));
            refuses(0x81, join(u8(Property.CONTENT_TYPE), string));
            refuses(0x81, join(u8(Property.USER), string, text("v")));
            refuses(0x81, join(u8(Property.USER), text("k"), string));
        }
    }

    private static void refuses(int reasonCode, byte[] property) {
        BROKER.refuses(Protocol.MQTT_5, reasonCode, packet(0x30, text("t"), Bytes.properties(property)));
    }
}
