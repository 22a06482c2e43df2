package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SUBSCRIBE as a packet, and what SUBACK says to it. */
@Timeout(60)
class SubscribeTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @AfterEach
    void servesOthers() {
        try (Peer other = connected(Protocol.MQTT_5)) {
            String topic = BROKER.unique("other");
            assertEquals(1, other.subscribe(1, topic, 1));
            other.publish(0, topic, 0, "served");
            other.nextPublish("served");
        }
    }

    private static Peer connected(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("subscriber"));
    }

    private static void refused(Protocol version, int reasonCode, byte[] packet) {
        try (Peer peer = connected(version)) {
            peer.send(packet);
            peer.expectDisconnect(reasonCode);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.8.1-1", v5 = "MQTT-3.8.1-1")
    void refusesFlagsOtherThan2(Protocol version) {
        for (int flags = 0; flags < 16; flags++) {
            if (flags != 2) {
                refused(
                        version,
                        0x81,
                        subscribe(version, 1).filter("a", 0).flags(flags).bytes());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.8.3-3", v5 = "MQTT-3.8.3-2")
    void refusesASubscribeWithoutAFilter(Protocol version) {
        refused(version, 0x82, subscribe(version, 1).bytes());
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-3.8.3-2")
    void refusesAFilterWithoutItsOptions(Protocol version) {
        refused(version, 0x81, subscribe(version, 1).filter("a").bytes());
        refused(version, 0x81, subscribe(version, 1).filter("a", 0).filter("b").bytes());
    }

    @ParameterizedTest
    @CsvSource({"64", "128", "192", "65", "130", "255"})
    @Proves(v5 = "MQTT-3.8.3-5")
    void refusesReservedBitsOfTheOptions(int options) {
        refused(
                Protocol.MQTT_5,
                0x81,
                subscribe(Protocol.MQTT_5, 1)
                        .filter("a", 1)
                        .filter("b", options)
                        .bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x81, 0xFF})
    @Proves(v311 = "MQTT-3.8.3-4")
    void refusesReservedBitsOfTheRequestedQos(int qos) {
        refused(
                Protocol.MQTT_3_1_1,
                0x81,
                subscribe(Protocol.MQTT_3_1_1, 1)
                        .filter("a", 1)
                        .filter("b", qos)
                        .bytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {0x03, 0x0B, 0x30, 0x31})
    @Proves(v5 = "MQTT-3.8.3-5")
    void refusesQos3AndRetainHandling3(int options) {
        refused(
                Protocol.MQTT_5,
                0x82,
                subscribe(Protocol.MQTT_5, 1).filter("a", options).bytes());
    }

    @ParameterizedTest
    @CsvSource({"61 ff 62", "ed a0 80", "ed bf bf", "c0 80", "00", "61 00", "e2 82", "f4 90 80 80", "f0 80 80 80"})
    @Proves(v311 = "MQTT-3.8.3-1", v5 = "MQTT-3.8.3-1")
    void refusesAFilterThatIsNotUtf8(String bytes) {
        for (Protocol version : Protocol.values()) {
            byte[] invalid =
                    subscribe(version, 1).filter("valid", 0).filter(hex(bytes)).bytes();
            refused(version, 0x81, invalid);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.8.3-1", v5 = "MQTT-3.8.3-1")
    void refusesAFilterThatIsLongerThanThePacket(Protocol version) {
        byte[] tooLong = packet(0x82, u16(1), Peer.properties(version), u16(10), hex("61 62 63 00"));
        refused(version, 0x81, tooLong);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.8.4-5"},
            v5 = {"MQTT-3.8.4-1", "MQTT-3.8.4-2", "MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.2.2-10"},
            choices = "subscription-granted-qos")
    void answersWithThePacketIdentifierAndTheGrantedQos(Protocol version) {
        try (Peer peer = connected(version)) {
            for (int packetId : new int[] {1, 2, 255, 256, 65_535}) {
                for (int qos = 0; qos <= 2; qos++) {
                    Frame.Codes subAck =
                            peer.request(subscribe(version, packetId).filter(BROKER.unique("granted/"), qos));
                    assertEquals(packetId, subAck.packetId());
                    assertEquals(List.of(qos), subAck.reasonCodes());
                }
            }
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.8.4-4", "MQTT-3.8.4-5", "MQTT-3.9.3-1"},
            v5 = {"MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.9.3-1"})
    void answersManyFiltersOnceInTheirOrder(Protocol version) {
        try (Peer peer = connected(version)) {
            String base = BROKER.unique("many") + "/";
            SubscribePacket many = subscribe(version, 7);
            int[] granted = new int[1000];
            for (int i = 0; i < granted.length; i++) {
                granted[i] = (i * 7 + i / 3) % 3;
                many.filter(base + i + (i % 10 == 0 ? "/#" : ""), granted[i]);
            }
            Frame.Codes subAck = peer.request(many);
            assertEquals(7, subAck.packetId());
            assertEquals(Arrays.stream(granted).boxed().toList(), subAck.reasonCodes());
            peer.expectQuiet();
            for (int i : new int[] {0, 1, 2, 3, 998, 999}) {
                peer.publish(0x04, base + i, 100 + i, "to " + i);
                assertEquals(100 + i, peer.next(PacketKind.PUBREC).ack().packetId());
                Frame.Publish publish = peer.nextPublish("to " + i);
                assertEquals(granted[i], publish.qos());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.8.4-4", v5 = "MQTT-3.8.4-5")
    void takesTheLastOfTheSameFilterInOneSubscribe(Protocol version) {
        try (Peer peer = connected(version)) {
            String topic = BROKER.unique("twice");
            SubscribePacket twice =
                    subscribe(version, 1).filter(topic, 2).filter("between", 2).filter(topic, 0);
            assertEquals(List.of(2, 2, 0), peer.request(twice).reasonCodes());
            assertEquals(0, peer.publishAcknowledged(topic, 1, "once"));
            assertEquals(0, peer.nextPublish("once").qos());
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.8.4-5", "MQTT-3.8.4-6", "MQTT-3.8.4-7", "MQTT-3.9.3-1", "MQTT-3.9.3-2"},
            choices = {"invalid-topic-filter", "reason-strings"})
    void refusesInvalidFiltersAndGrantsTheOthers() {
        String good = BROKER.unique("good");
        SubscribePacket mixed = subscribe(Protocol.MQTT_5, 9)
                .filter(good + "/1", 2)
                .filter("a/#/b", 1)
                .filter(good + "/2", 1)
                .filter("", 0)
                .filter("$share//x", 0)
                .filter("a+", 2)
                .filter(good + "/+", 0);
        try (Peer peer = connected(Protocol.MQTT_5)) {
            Frame.Codes subAck = peer.request(mixed);
            assertEquals(9, subAck.packetId());
            assertEquals(List.of(2, 0x8F, 1, 0x8F, 0x8F, 0x8F, 0), subAck.reasonCodes());
            assertFalse(subAck.properties().text(Property.REASON_STRING).isEmpty());
            peer.publish(0, good + "/2", 0, "granted");
            peer.nextPublish("granted");
            peer.publish(0, good + "/3", 0, "granted too");
            peer.nextPublish("granted too");
            peer.expectQuiet();
        }
        ConnectPacket terse = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("terse"))
                .properties(property8(Property.REQUEST_PROBLEM_INFORMATION, 0));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, terse)) {
            Frame.Codes subAck = peer.request(mixed);
            assertEquals(0, subAck.properties().values().size());
            assertEquals(7, subAck.reasonCodes().size());
        }
    }

    /** What 3.1.1 can't express in a SUBACK is an error of the protocol there [MQTT-4.8.0-1]. */
    @ParameterizedTest
    @ValueSource(strings = {"a/#/b", "#/a", "a#", "+a", "a/b+", ""})
    @Proves(choices = "invalid-topic-filter")
    void closesTheConnectionOf311ForAWrongWildcard(String filter) {
        refused(
                Protocol.MQTT_3_1_1,
                0x8F,
                subscribe(Protocol.MQTT_3_1_1, 1)
                        .filter("valid", 0)
                        .filter(filter, 0)
                        .bytes());
    }

    @Test
    @Proves(v5 = {"MQTT-3.9.2-1", "MQTT-3.9.2-2"})
    void leavesOutTheReasonStringThatDoesNotFit() {
        SubscribePacket invalid = subscribe(Protocol.MQTT_5, 1).filter("a/#/b", 1);
        int sizeBytes;
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.send(invalid.bytes());
            sizeBytes = peer.next(PacketKind.SUBACK).sizeBytes();
        }
        for (int maximum : new int[] {sizeBytes, sizeBytes - 1, 32}) {
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("small"))
                    .properties(property32(Property.MAXIMUM_PACKET_SIZE, maximum));
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                peer.send(invalid.bytes());
                Frame frame = peer.next(PacketKind.SUBACK);
                assertTrue(frame.sizeBytes() <= maximum);
                Frame.Codes subAck = frame.codes();
                assertEquals(List.of(0x8F), subAck.reasonCodes());
                assertEquals(maximum == sizeBytes, subAck.properties().has(Property.REASON_STRING));
                assertFalse(subAck.properties().has(Property.USER));
            }
        }
    }

    @Test
    @Proves(choices = "suback-too-large")
    void refusesToSubscribeToMoreThanItMayAnswer() {
        String topic = BROKER.unique("too-many");
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("small"))
                .properties(property32(Property.MAXIMUM_PACKET_SIZE, 32));
        SubscribePacket fits = subscribe(Protocol.MQTT_5, 1);
        SubscribePacket tooMany = subscribe(Protocol.MQTT_5, 2).filter(topic, 0);
        for (int i = 0; i < 27; i++) {
            fits.filter("fits" + i, 0);
            tooMany.filter("many" + i, 0);
        }
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            peer.send(fits.bytes());
            assertEquals(32, peer.next(PacketKind.SUBACK).sizeBytes());
            peer.send(tooMany.bytes());
            peer.expectDisconnect(0x95);
        }
    }

    /** So that none of them is a burden to others, one packet must not have more filters than memory is for. */
    @ParameterizedTest
    @EnumSource
    @Proves(choices = "filters-per-packet")
    void takesSoManyFiltersInOnePacketAndNoMore(Protocol version) {
        int most = 32_768;
        String base = BROKER.unique("full");
        SubscribePacket subscribe = subscribe(version, 1);
        SubscribePacket unsubscribe = SubscribePacket.unsubscribe(version, 2);
        for (int i = 0; i < most; i++) {
            subscribe.filter(base + i, i % 3);
            unsubscribe.filter(base + i);
        }
        try (Peer peer = connected(version)) {
            assertEquals(most, peer.request(subscribe).reasonCodes().size());
            peer.publish(0, base + (most - 1), 0, "the last");
            peer.nextPublish("the last");
            int codes = version == Protocol.MQTT_5 ? most : 0;
            assertEquals(codes, peer.request(unsubscribe).reasonCodes().size());
        }
        refused(version, 0x97, subscribe.filter("one more", 0).bytes());
        refused(version, 0x97, unsubscribe.filter("one more").bytes());
    }

    @Test
    @Proves(
            v5 = "MQTT-3.2.2-9",
            choices = {"optional-features", "maximum-qos"})
    void offersWildcardsIdentifiersAndSharedSubscriptions() {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("asks")).bytes());
            Frame.Properties said = peer.next().connAck().properties();
            assertFalse(said.has(Property.WILDCARD_AVAILABLE));
            assertFalse(said.has(Property.SUBSCRIPTION_ID_AVAILABLE));
            assertFalse(said.has(Property.SHARED_AVAILABLE));
            assertFalse(said.has(Property.RETAIN_AVAILABLE));
            assertFalse(said.has(Property.MAXIMUM_QOS));
            assertEquals(
                    List.of(2, 2, 2),
                    peer.request(subscribe(Protocol.MQTT_5, 1)
                                    .filter("offered/+/#", 2)
                                    .filter("$share/offered/+", 2)
                                    .filter("$share/offered/x", 2)
                                    .subscriptionId(1))
                            .reasonCodes());
        }
    }

    /** What a client sends after its SUBSCRIBE or UNSUBSCRIBE finds it done, though it has not waited for the answer. */
    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 0", "MQTT_3_1_1, 1", "MQTT_5, 0", "MQTT_5, 1"})
    void holdsForWhatFollowsInTheSameSegment(Protocol version, int qos) {
        String topic = BROKER.unique("same");
        try (Peer peer = connected(version)) {
            int publishId = qos == 0 ? 0 : 10;
            peer.send(
                    peer.publishPacket(qos << 1, topic, publishId, "before"),
                    subscribe(version, 1).filter(topic, 1).bytes(),
                    peer.publishPacket(qos << 1, topic, publishId == 0 ? 0 : 11, "in between"),
                    SubscribePacket.unsubscribe(version, 2).filter(topic).bytes(),
                    peer.publishPacket(qos << 1, topic, publishId == 0 ? 0 : 12, "after"));
            int messages = 0;
            for (int i = 0; i < (qos == 0 ? 3 : 6); i++) {
                Frame frame = peer.next();
                if (frame.kind() == PacketKind.PUBLISH) {
                    assertEquals("in between", frame.publish().text());
                    messages++;
                }
            }
            assertEquals(1, messages);
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "suback-first")
    void answersBeforeItSendsRetainedMessages(Protocol version) {
        String topic = BROKER.unique("retained");
        try (Peer peer = connected(version)) {
            for (int qos = 0; qos <= 2; qos++) {
                peer.publish(qos << 1 | 1, topic + "/" + qos, qos, "at " + qos);
                if (qos > 0) {
                    peer.next();
                }
            }
            for (int round = 0; round < 20; round++) {
                peer.send(subscribe(version, 5)
                        .filter(topic + "/" + round % 3, 0)
                        .filter(topic + "/none", 2)
                        .bytes());
                peer.next(PacketKind.SUBACK);
                peer.nextPublish("at " + round % 3);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0b 00, 130", "0b 01 0b 02, 130", "0b ff ff ff ff 7f, 129", "0b ff ff ff ff 01, 129", "0b 80 00, 129"})
    void refusesASubscriptionIdentifierThatIsNotOne(String property, int reasonCode) {
        byte[] subscribe = packet(0x82, u16(1), properties(hex(property)), hex("00 01 61 00"));
        refused(Protocol.MQTT_5, reasonCode, subscribe);
    }

    @Test
    void takesUserPropertiesOfASubscribe() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            SubscribePacket subscribe = subscribe(Protocol.MQTT_5, 3)
                    .filter(BROKER.unique("user"), 1)
                    .properties(join(Bytes.userProperty("a", "1"), Bytes.userProperty("a", "1")))
                    .subscriptionId(5);
            Frame.Codes subAck = peer.request(subscribe);
            assertEquals(List.of(1), subAck.reasonCodes());
            assertFalse(subAck.properties().has(Property.USER));
        }
    }
}
