package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static io.perdure.recovery.conformance.SubscribePacket.unsubscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** UNSUBSCRIBE: the packet, its answer, and what it ends. */
@Timeout(60)
class UnsubscribeTest {

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

    /** 3.1.1 has no Reason Codes in UNSUBACK. */
    private static List<Integer> codes(Protocol version, Integer... codes) {
        return version == Protocol.MQTT_5 ? List.of(codes) : List.of();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.10.1-1", v5 = "MQTT-3.10.1-1")
    void refusesFlagsOtherThan2(Protocol version) {
        for (int flags = 0; flags < 16; flags++) {
            if (flags != 2) {
                refused(
                        version,
                        0x81,
                        unsubscribe(version, 1).filter("a").flags(flags).bytes());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.10.3-2", v5 = "MQTT-3.10.3-2")
    void refusesAnUnsubscribeWithoutAFilter(Protocol version) {
        refused(version, 0x82, unsubscribe(version, 1).bytes());
    }

    @ParameterizedTest
    @CsvSource({"61 ff 62", "ed a0 80", "ed bf bf", "c0 80", "00", "61 00", "e2 82", "f4 90 80 80"})
    @Proves(v311 = "MQTT-3.10.3-1", v5 = "MQTT-3.10.3-1")
    void refusesAFilterThatIsNotUtf8(String bytes) {
        for (Protocol version : Protocol.values()) {
            byte[] invalid =
                    unsubscribe(version, 1).filter("valid").filter(hex(bytes)).bytes();
            refused(version, 0x81, invalid);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.10.3-1", v5 = "MQTT-3.10.3-1")
    void refusesAFilterThatIsLongerThanThePacket(Protocol version) {
        refused(version, 0x81, packet(0xA2, u16(1), Peer.properties(version), u16(4), hex("61 62 63")));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.10.4-4", "MQTT-3.10.4-5"},
            v5 = {"MQTT-3.10.4-4", "MQTT-3.10.4-5", "MQTT-3.11.3-2"},
            choices = "no-subscription-existed")
    void answersWithThePacketIdentifierWhetherOrNotThereWasASubscription(Protocol version) {
        try (Peer peer = connected(version)) {
            String topic = BROKER.unique("there");
            peer.subscribe(1, topic, 0);
            assertEquals(codes(version, 0x00), peer.unsubscribe(65_535, topic));
            assertEquals(codes(version, 0x11), peer.unsubscribe(1, topic));
            assertEquals(codes(version, 0x11), peer.unsubscribe(256, BROKER.unique("never")));
            peer.send(unsubscribe(version, 9).filter("x").bytes());
            Frame unsubAck = peer.next(PacketKind.UNSUBACK);
            assertEquals(version == Protocol.MQTT_5 ? 6 : 4, unsubAck.sizeBytes());
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.10.4-1", "MQTT-3.10.4-6"},
            v5 = {"MQTT-3.10.4-1", "MQTT-3.10.4-6", "MQTT-3.11.3-1"})
    void answersManyFiltersOnceInTheirOrder(Protocol version) {
        try (Peer peer = connected(version)) {
            String base = BROKER.unique("many");
            SubscribePacket subscribe = subscribe(version, 1);
            SubscribePacket unsubscribe = unsubscribe(version, 8);
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                boolean exists = i * i % 7 < 3;
                if (exists) {
                    subscribe.filter(base + "/" + i, 1);
                }
                unsubscribe.filter(base + "/" + i);
                expected.add(exists ? 0x00 : 0x11);
            }
            unsubscribe.filter(base + "/0"); // gone by then, as if it came in a second packet
            expected.add(0x11);
            subscribe.filter(base, 1);
            peer.request(subscribe);
            Frame.Codes unsubAck = peer.request(unsubscribe);
            assertEquals(8, unsubAck.packetId());
            assertEquals(codes(version, expected.toArray(new Integer[0])), unsubAck.reasonCodes());
            for (int i = 0; i < 300; i++) {
                peer.publish(0, base + "/" + i, 0, "no longer");
            }
            peer.publish(0, base, 0, "still");
            peer.nextPublish("still");
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.10.4-1", "MQTT-4.7.3-4"},
            v5 = {"MQTT-3.10.4-1", "MQTT-4.7.3-4"})
    void comparesFiltersCharacterByCharacter(Protocol version) {
        try (Peer peer = connected(version)) {
            String base = BROKER.unique("Comp\u00e9");
            peer.subscribe(1, base + "/+/a", 0);
            String[] others = {
                base + "/x/a",
                base + "/#",
                base + "/+/A",
                base + "/+/a/",
                "/" + base + "/+/a",
                base + "/+/a ",
                base.replace("\u00e9", "e\u0301") + "/+/a",
                "+/+/a",
                base + "/+/+",
                "$share/g/" + base + "/+/a"
            };
            for (String other : others) {
                assertEquals(codes(version, 0x11), peer.unsubscribe(2, other), other);
            }
            peer.publish(0, base + "/x/a", 0, "still");
            peer.nextPublish("still");
            assertEquals(codes(version, 0x00), peer.unsubscribe(3, base + "/+/a"));
            peer.publish(0, base + "/x/a", 0, "no longer");
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.10.4-2", v5 = "MQTT-3.10.4-2")
    void addsNothingNewAfterUnsuback(Protocol version) {
        try (Peer publisher = connected(Protocol.MQTT_5);
                Peer peer = connected(version)) {
            String base = BROKER.unique("ended");
            String ended = base + "/ended";
            String kept = base + "/kept";
            peer.request(subscribe(version, 1).filter(ended, 2).filter(kept, 2));
            publisher.publishAcknowledged(ended, 1, "before");
            Frame.Publish before = peer.nextPublish("before");
            peer.acknowledge(PacketKind.PUBACK, before.packetId());
            peer.unsubscribe(2, ended);
            for (int qos = 0; qos <= 2; qos++) {
                publisher.publish(qos << 1, ended, qos, "after");
                publisher.publish(qos << 1, kept, qos == 0 ? 0 : 10 + qos, "marker " + qos);
                peer.nextPublish("marker " + qos);
            }
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.10.4-3", v5 = "MQTT-3.10.4-3")
    void completesDeliveriesThatHaveBegun(Protocol version) {
        String clientId = BROKER.unique("completes");
        String topic = BROKER.unique("begun");
        int qos1;
        int qos2;
        int released;
        try (Peer publisher = connected(Protocol.MQTT_5);
                Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, clientId).durable())) {
            peer.subscribe(1, topic, 2);
            publisher.publish(0x02, topic, 1, "qos 1");
            publisher.publish(0x04, topic, 2, "qos 2");
            publisher.publish(0x04, topic, 3, "released");
            qos1 = peer.nextPublish("qos 1").packetId();
            qos2 = peer.nextPublish("qos 2").packetId();
            released = peer.nextPublish("released").packetId();
            peer.acknowledge(PacketKind.PUBREC, released);
            assertEquals(released, peer.next(PacketKind.PUBREL).ack().packetId());
            peer.unsubscribe(2, topic);
            peer.acknowledge(PacketKind.PUBREC, qos2);
            assertEquals(qos2, peer.next(PacketKind.PUBREL).ack().packetId());
            peer.acknowledge(PacketKind.PUBCOMP, qos2);
            peer.expectQuiet();
        }
        // what is open after that is completed on the next connection, too
        try (Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, clientId).durable())) {
            assertEquals(released, peer.next(PacketKind.PUBREL).ack().packetId());
            Frame.Publish again = peer.nextPublish("qos 1");
            assertEquals(qos1, again.packetId());
            assertTrue(again.dup());
            peer.acknowledge(PacketKind.PUBCOMP, released);
            peer.acknowledge(PacketKind.PUBACK, qos1);
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(choices = "unsubscribe-queued")
    void deliversWhatWasQueuedBefore() {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("queued"))
                .properties(property16(Property.RECEIVE_MAXIMUM, 1));
        try (Peer publisher = connected(Protocol.MQTT_5);
                Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            String topic = BROKER.unique("queued");
            peer.subscribe(1, topic, 1);
            publisher.publishAcknowledged(topic, 1, "sent");
            publisher.publishAcknowledged(topic, 2, "waits");
            Frame.Publish sent = peer.nextPublish("sent");
            assertEquals(List.of(0x00), peer.unsubscribe(2, topic));
            assertEquals(0x10, publisher.publishAcknowledged(topic, 3, "too late"));
            peer.acknowledge(PacketKind.PUBACK, sent.packetId());
            Frame.Publish waited = peer.nextPublish("waits");
            peer.acknowledge(PacketKind.PUBACK, waited.packetId());
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.11.3-1", "MQTT-3.11.3-2", "MQTT-3.10.4-6"},
            choices = {"invalid-topic-filter", "reason-strings"})
    void saysWhichFiltersAreInvalidAndDeletesTheOthers() {
        String topic = BROKER.unique("valid");
        SubscribePacket mixed = unsubscribe(Protocol.MQTT_5, 4)
                .filter("a/#/b")
                .filter(topic)
                .filter("")
                .filter(topic)
                .filter("$share//x");
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.subscribe(1, topic, 0);
            Frame.Codes unsubAck = peer.request(mixed);
            assertEquals(List.of(0x8F, 0x00, 0x8F, 0x11, 0x8F), unsubAck.reasonCodes());
            assertFalse(unsubAck.properties().text(Property.REASON_STRING).isEmpty());
        }
        ConnectPacket terse = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("terse"))
                .properties(property8(Property.REQUEST_PROBLEM_INFORMATION, 0));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, terse)) {
            assertEquals(0, peer.request(mixed).properties().values().size());
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.11.2-1", "MQTT-3.11.2-2"})
    void leavesOutTheReasonStringThatDoesNotFit() {
        SubscribePacket invalid = unsubscribe(Protocol.MQTT_5, 1).filter("a/#/b");
        int sizeBytes;
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.send(invalid.bytes());
            sizeBytes = peer.next(PacketKind.UNSUBACK).sizeBytes();
        }
        for (int maximum : new int[] {sizeBytes, sizeBytes - 1, 32}) {
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("small"))
                    .properties(property32(Property.MAXIMUM_PACKET_SIZE, maximum));
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                peer.send(invalid.bytes());
                Frame frame = peer.next(PacketKind.UNSUBACK);
                assertTrue(frame.sizeBytes() <= maximum);
                Frame.Codes unsubAck = frame.codes();
                assertEquals(List.of(0x8F), unsubAck.reasonCodes());
                assertEquals(maximum == sizeBytes, unsubAck.properties().has(Property.REASON_STRING));
                assertFalse(unsubAck.properties().has(Property.USER));
            }
        }
    }
}
