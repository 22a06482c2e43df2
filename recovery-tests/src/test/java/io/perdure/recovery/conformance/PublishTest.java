package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The flags, the Topic Name and the payload of PUBLISH. */
@Timeout(60)
class PublishTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.1-4", v5 = "MQTT-3.3.1-4")
    void refusesQos3(Protocol version) {
        byte[] noProperties = Peer.properties(version);
        BROKER.refuses(version, 0x81, packet(0x36, text("t"), u16(1), noProperties));
        BROKER.refuses(version, 0x81, packet(0x3F, text("t"), u16(1), noProperties));
        // the first byte is enough
        BROKER.refuses(version, 0x81, hex("36"));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.1-2", v5 = "MQTT-3.3.1-2", choices = "dup-at-qos0")
    void refusesDupAtQos0(Protocol version) {
        BROKER.refuses(version, 0x82, packet(0x38, text("t"), Peer.properties(version)));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-2.3.1-1", v5 = "MQTT-2.2.1-3")
    void refusesPacketIdentifierZero(Protocol version) {
        byte[] noProperties = Peer.properties(version);
        BROKER.refuses(version, 0x82, packet(0x32, text("t"), u16(0), noProperties));
        BROKER.refuses(version, 0x82, packet(0x34, text("t"), u16(0), noProperties));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-2.3.1-5", v5 = "MQTT-2.2.1-2")
    void hasNoPacketIdentifierAtQos0(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("c"))) {
            peer.subscribe(1, topic, 2);
            byte[] noProperties = Peer.properties(version);
            byte[] publish = packet(0x30, text(topic), noProperties, hex("00 07 61"));
            peer.send(publish);
            Frame received = peer.next(PacketKind.PUBLISH);
            assertEquals(0x30, received.firstByte());
            assertEquals(publish.length, received.sizeBytes());
            assertArrayEquals(hex("00 07 61"), received.publish().payload());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.2-2", "MQTT-4.7.1-1"},
            v5 = {"MQTT-3.3.2-2", "MQTT-4.7.0-1"},
            choices = "invalid-topic-name")
    void refusesATopicNameWithWildcards(Protocol version) {
        for (String topic : List.of("#", "+", "a/#", "a/+", "+/a", "a/+/b", "a+", "a#b")) {
            BROKER.refuses(version, 0x90, packet(0x30, text(topic), Peer.properties(version)));
        }
        BROKER.refuses(version, 0x90, packet(0x34, text("a/+"), u16(1), Peer.properties(version)));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.2-1", "MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-4.7.3-2"},
            v5 = {"MQTT-3.3.2-1", "MQTT-1.5.4-1", "MQTT-1.5.4-2", "MQTT-4.7.3-2"})
    void refusesATopicNameThatIsNoUtf8(Protocol version) {
        List<String> malformed = List.of(
                "00", // U+0000
                "61 00 62",
                "80", // a continuation without a start
                "c3", // a start without a continuation
                "c0 80", // overlong U+0000
                "e0 80 af", // overlong /
                "ed a0 80", // U+D800
                "ed bf bf", // U+DFFF
                "f4 90 80 80", // above U+10FFFF
                "ff");
        for (String topic : malformed) {
            BROKER.refuses(version, 0x81, packet(0x30, Bytes.binary(hex(topic)), Peer.properties(version)));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.7.3-1", v5 = "MQTT-4.7.3-1", choices = "invalid-topic-name")
    void refusesAnEmptyTopicName(Protocol version) {
        BROKER.refuses(version, 0x82, packet(0x30, text(""), Peer.properties(version), hex("61")));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.2-1", "MQTT-4.8.0-1"},
            v5 = {"MQTT-3.3.2-1", "MQTT-4.13.1-1"})
    void refusesAPublishThatEndsTooEarly(Protocol version) {
        BROKER.refuses(version, 0x81, packet(0x30));
        BROKER.refuses(version, 0x81, packet(0x30, hex("00")));
        BROKER.refuses(version, 0x81, packet(0x30, hex("00 05 61 62")));
        BROKER.refuses(version, 0x81, packet(0x32, text("t")));
        BROKER.refuses(version, 0x81, packet(0x32, text("t"), hex("00")));
        if (version == Protocol.MQTT_5) {
            BROKER.refuses(version, 0x81, packet(0x30, text("t")));
            BROKER.refuses(version, 0x81, packet(0x30, text("t"), hex("05 01 01")));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.4-1", "MQTT-3.3.5-2", "MQTT-2.3.1-6"},
            v5 = {"MQTT-3.3.4-1", "MQTT-2.2.1-5"})
    void answersAsTheQosSays(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("c"))) {
            peer.publish(0x00, topic, 0, "nothing");
            peer.expectQuiet();
            for (int packetId : new int[] {1, 65_535, 256, 255, 2}) {
                peer.publish(0x02, topic, packetId, "PUBACK");
                peer.nextAck(PacketKind.PUBACK, packetId);
                peer.publish(0x04, topic, packetId, "PUBREC");
                peer.nextAck(PacketKind.PUBREC, packetId);
                peer.acknowledge(PacketKind.PUBREL, packetId);
                assertEquals(0, peer.nextAck(PacketKind.PUBCOMP, packetId));
            }
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.1-3", v5 = "MQTT-3.3.1-3")
    void doesNotPassOnTheDupOfThePublisher(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            subscriber.subscribe(1, topic, 2);
            publisher.publish(0x0A, topic, 1, "again, says QoS 1");
            publisher.publish(0x0C, topic, 2, "again, says QoS 2");
            assertFalse(subscriber.nextPublish("again, says QoS 1").dup());
            assertFalse(subscriber.nextPublish("again, says QoS 2").dup());
        }
    }

    @ParameterizedTest
    @EnumSource
    void deliversAPayloadOfNoBytes(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("c"))) {
            peer.subscribe(1, topic, 2);
            peer.publish(0x00, topic, 0, "");
            assertEquals(0, peer.nextPublish("").qos());
            peer.publish(0x02, topic, 1, "");
            peer.nextAck(PacketKind.PUBACK, 1);
            assertEquals(1, peer.nextPublish("").qos());
            peer.publish(0x04, topic, 1, "");
            peer.nextAck(PacketKind.PUBREC, 1);
            assertEquals(2, peer.nextPublish("").qos());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-4.7.3-4",
            v5 = {"MQTT-4.2.0-1", "MQTT-4.7.3-4"})
    void deliversTopicAndPayloadAsTheyAre(Protocol version) {
        String begin = BROKER.unique("t");
        String payload = "\u0000\uFEFF line\r\n ".repeat(20_000);
        // what a normalisation would make one: composed and decomposed, case, blanks, slashes
        List<String> topics = List.of(
                begin + "/\u00E9",
                begin + "/e\u0301",
                begin + "/E",
                begin + "/ ",
                begin + "/",
                begin + "//",
                begin + "/\uFEFF");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"));
                Peer one = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            subscriber.subscribe(1, begin + "/#", 1);
            one.subscribe(1, begin + "/e\u0301", 1);
            for (String topic : topics) {
                publisher.publish(0x02, topic, 1, payload);
                publisher.nextAck(PacketKind.PUBACK, 1);
                assertEquals(topic, subscriber.receive(payload).topic());
            }
            assertEquals(begin + "/e\u0301", one.receive(payload).topic());
            one.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.2-3", v5 = "MQTT-3.3.2-3")
    void deliversOnlyWhatMatchesTheFilter(Protocol version) {
        String begin = BROKER.unique("t");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            subscriber.subscribe(1, begin + "/+/end", 1);
            List<String> matching = List.of(begin + "/a/end", begin + "//end", begin + "/b/end");
            List<String> others = List.of(
                    begin, begin + "/end", begin + "/a/END", begin + "/a/end/", begin + "/a/b/end", "/" + begin);
            for (String match : matching) {
                for (String other : others) {
                    publisher.publishAcknowledged(other, 1, "other");
                }
                publisher.publishAcknowledged(match, 1, match);
                assertEquals(match, subscriber.receive(match).topic());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.5.0-1", v5 = "MQTT-4.5.0-1")
    void countsEvenIfThePublisherLeavesAtOnce(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            subscriber.subscribe(1, topic, 2);
            publisher.send(
                    publisher.publishPacket(0x00, topic, 0, "zero"),
                    publisher.publishPacket(0x02, topic, 1, "one"),
                    publisher.publishPacket(0x04, topic, 2, "two"),
                    publisher.publishPacket(0x00, topic, 0, "zero again"),
                    hex("e0 00"));
            for (String payload : List.of("zero", "one", "two", "zero again")) {
                subscriber.nextPublish(payload);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.5.0-1", v5 = "MQTT-4.5.0-1", choices = "qos0-offline")
    void reachesAllSessionsThatMatch(Protocol version) {
        String topic = BROKER.unique("t");
        String away = BROKER.unique("away");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer exact = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("s"));
                Peer wild = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("s"))) {
            exact.subscribe(1, topic, 0);
            wild.subscribe(1, "+", 2);
            Peer gone = Peer.durable(BROKER, version, away);
            gone.subscribe(1, topic, 2);
            gone.disconnect();
            publisher.publish(0x00, topic, 0, "zero");
            publisher.publishAcknowledged(topic, 1, "one");
            publisher.publishReleased(topic, 1, "two");
            for (int qos = 0; qos <= 2; qos++) {
                String payload = List.of("zero", "one", "two").get(qos);
                assertEquals(0, exact.receive(payload).qos());
                assertEquals(qos, wild.receive(payload).qos());
            }
            try (Peer back = Peer.resumed(BROKER, version, away)) {
                assertEquals(1, back.receive("one").qos());
                assertEquals(2, back.receive("two").qos());
                back.expectQuiet();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = {"MQTT-3.3.4-6", "MQTT-4.13.1-1"})
    void refusesASubscriptionIdentifierOfAClient(Protocol version) {
        byte[] identifier = join(Bytes.u8(Property.SUBSCRIPTION_ID), Bytes.variable(7));
        BROKER.refuses(version, 0x82, packet(0x30, text("t"), Bytes.properties(identifier)));
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = "MQTT-4.13.1-1")
    void refusesPropertiesThatDoNotBelongOrComeTwice(Protocol version) {
        List<byte[]> foreign = List.of(
                Bytes.property32(Property.SESSION_EXPIRY, 1),
                Bytes.propertyText(Property.REASON_STRING, "a"),
                Bytes.property16(Property.RECEIVE_MAXIMUM, 1),
                Bytes.property8(Property.MAXIMUM_QOS, 1),
                Bytes.property32(Property.WILL_DELAY, 1),
                Bytes.property8(0x7F, 1),
                Bytes.property8(0x00, 1));
        for (byte[] property : foreign) {
            BROKER.refuses(version, 0x81, packet(0x30, text("t"), Bytes.properties(property)));
        }
        List<byte[]> single = List.of(
                Bytes.property8(Property.PAYLOAD_FORMAT, 1),
                Bytes.property32(Property.MESSAGE_EXPIRY, 1),
                Bytes.property16(Property.TOPIC_ALIAS, 1),
                Bytes.propertyText(Property.CONTENT_TYPE, "a"),
                Bytes.propertyText(Property.RESPONSE_TOPIC, "a"),
                join(Bytes.u8(Property.CORRELATION_DATA), Bytes.binary(hex("61"))));
        for (byte[] property : single) {
            BROKER.refuses(version, 0x82, packet(0x30, text("t"), Bytes.properties(property, property)));
        }
    }
}
