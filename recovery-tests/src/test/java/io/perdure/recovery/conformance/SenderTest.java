package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The broker as the sender of QoS 0, QoS 1 and QoS 2, and the acknowledgements that it gets. */
@Timeout(60)
class SenderTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final List<PacketKind> ACKNOWLEDGEMENTS =
            List.of(PacketKind.PUBACK, PacketKind.PUBREC, PacketKind.PUBREL, PacketKind.PUBCOMP);

    private static Peer subscriber(Protocol version, String topic, int qos) {
        Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"));
        subscriber.subscribe(1, topic, qos);
        return subscriber;
    }

    /** Publishes at QoS 2, from a connection of its own. */
    private static void publish(String topic, String... payloads) {
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("p"))) {
            for (String payload : payloads) {
                publisher.publishReleased(topic, 1, payload);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.3.1-1", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT-2.3.1-4", "MQTT-3.3.1-2"},
            v5 = {
                "MQTT-4.3.1-1",
                "MQTT-4.3.2-1",
                "MQTT-4.3.2-2",
                "MQTT-4.3.3-1",
                "MQTT-4.3.3-2",
                "MQTT-2.2.1-4",
                "MQTT-3.3.1-2"
            })
    void sendsWithAnUnusedIdentifierAndDup0AtFirst(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer zero = subscriber(version, topic, 0);
                Peer one = subscriber(version, topic, 1);
                Peer two = subscriber(version, topic, 2)) {
            Set<Integer> ofOne = new HashSet<>();
            Set<Integer> ofTwo = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                int qos = i % 3;
                publisher.publish(qos << 1, topic, qos == 0 ? 0 : i + 1, "m" + i);
                assertSent(0, zero.nextPublish("m" + i), new HashSet<>());
                assertSent(Math.min(qos, 1), one.nextPublish("m" + i), ofOne);
                assertSent(qos, two.nextPublish("m" + i), ofTwo);
            }
        }
    }

    private static void assertSent(int qos, Frame.Publish publish, Set<Integer> inUse) {
        assertEquals(qos, publish.qos());
        assertFalse(publish.dup());
        if (qos > 0) {
            assertNotEquals(0, publish.packetId());
            assertTrue(inUse.add(publish.packetId()), () -> publish.packetId() + " is in use");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.3.3-1", "MQTT-2.3.1-6", "MQTT-2.2.2-1"},
            v5 = {"MQTT-4.3.3-4", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT-2.2.1-5", "MQTT-3.6.1-1", "MQTT-2.1.3-1"})
    void answersEachPubRecWithAPubRelUntilPubComp(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer subscriber = subscriber(version, topic, 2)) {
            publish(topic, "message");
            int packetId = subscriber.nextPublish("message").packetId();
            for (int i = 0; i < 3; i++) {
                subscriber.acknowledge(PacketKind.PUBREC, packetId);
                Frame pubRel = subscriber.next(PacketKind.PUBREL);
                assertEquals(0x62, pubRel.firstByte());
                assertEquals(packetId, pubRel.ack().packetId());
                assertEquals(0, pubRel.ack().reasonCode());
            }
            subscriber.acknowledge(PacketKind.PUBCOMP, packetId);
            subscriber.expectQuiet();
            subscriber.acknowledge(PacketKind.PUBREC, packetId);
            assertEquals(version == Protocol.MQTT_5 ? 0x92 : 0, subscriber.nextAck(PacketKind.PUBREL, packetId));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-4.4.0-1")
    void sendsNothingAgainWhileTheConnectionLasts(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer subscriber = subscriber(version, topic, 2)) {
            publish(topic, "released", "received", "unacknowledged");
            int released = subscriber.nextPublish("released").packetId();
            int received = subscriber.nextPublish("received").packetId();
            subscriber.nextPublish("unacknowledged");
            subscriber.acknowledge(PacketKind.PUBREC, released);
            subscriber.nextAck(PacketKind.PUBREL, released);
            for (int hour = 0; hour < 24; hour++) {
                BROKER.advance(Duration.ofHours(1));
                subscriber.expectQuiet();
                subscriber.subscribe(2, topic + "/" + hour, 1);
            }
            publish(topic, "marker");
            subscriber.nextPublish("marker");
            subscriber.acknowledge(PacketKind.PUBREC, received);
            subscriber.nextAck(PacketKind.PUBREL, received);
            subscriber.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.3.2-1", "MQTT-4.4.0-1"},
            v5 = {"MQTT-4.3.2-3", "MQTT-4.3.3-3", "MQTT-4.4.0-1"})
    void keepsAMessageUntilItsOwnAcknowledgement(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        int first;
        int second;
        try (Peer subscriber = Peer.durable(BROKER, version, client);
                Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            subscriber.subscribe(1, topic, 2);
            publisher.publishAcknowledged(topic, 1, "first");
            publisher.publishReleased(topic, 1, "second");
            publisher.publishAcknowledged(topic, 1, "third");
            first = subscriber.nextPublish("first").packetId();
            second = subscriber.nextPublish("second").packetId();
            int third = subscriber.nextPublish("third").packetId();
            subscriber.acknowledge(PacketKind.PUBACK, third);
            subscriber.acknowledge(PacketKind.PUBACK, 50_000);
            subscriber.expectQuiet();
        }
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            assertEquals(first, back.receive("first").packetId());
            assertEquals(second, back.receive("second").packetId());
            back.disconnect();
        }
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            back.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = "MQTT-4.4.0-2")
    void takesAnErrorForAnAcknowledgement(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer subscriber = Peer.durable(BROKER, version, client);
                Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            subscriber.subscribe(1, topic, 2);
            publisher.publishAcknowledged(topic, 1, "one");
            publisher.publishReleased(topic, 1, "two");
            int one = subscriber.nextPublish("one").packetId();
            int two = subscriber.nextPublish("two").packetId();
            subscriber.acknowledge(PacketKind.PUBACK, one, 0x99);
            subscriber.acknowledge(PacketKind.PUBREC, two, 0x99);
            // no PUBREL, and the identifier is free
            subscriber.expectQuiet();
            subscriber.acknowledge(PacketKind.PUBREC, two);
            assertEquals(0x92, subscriber.nextAck(PacketKind.PUBREL, two));
        }
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            publish(topic, "marker");
            back.receive("marker");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "unknown-packet-identifier")
    void toleratesAcknowledgementsOfNothing(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer subscriber = subscriber(version, topic, 2)) {
            subscriber.acknowledge(PacketKind.PUBACK, 7);
            subscriber.acknowledge(PacketKind.PUBCOMP, 7);
            subscriber.expectQuiet();
            subscriber.acknowledge(PacketKind.PUBREC, 7);
            assertEquals(version == Protocol.MQTT_5 ? 0x92 : 0, subscriber.nextAck(PacketKind.PUBREL, 7));
            subscriber.acknowledge(PacketKind.PUBCOMP, 7);
            subscriber.expectQuiet();
            publish(topic, "message");
            int packetId = subscriber.receive("message").packetId();
            // once more, after the end
            subscriber.acknowledge(PacketKind.PUBCOMP, packetId);
            subscriber.acknowledge(PacketKind.PUBACK, packetId);
            subscriber.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "wrong-acknowledgement")
    void refusesAnAcknowledgementOfAnotherKind(Protocol version) {
        refuses(version, 1, PacketKind.PUBREC);
        refuses(version, 1, PacketKind.PUBCOMP);
        refuses(version, 2, PacketKind.PUBACK);
        refuses(version, 2, PacketKind.PUBCOMP);
    }

    private static void refuses(Protocol version, int qos, PacketKind wrong) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        int packetId;
        try (Peer subscriber = Peer.durable(BROKER, version, client)) {
            subscriber.subscribe(1, topic, qos);
            publish(topic, "message");
            packetId = subscriber.nextPublish("message").packetId();
            subscriber.acknowledge(wrong, packetId);
            subscriber.expectDisconnect(0x82);
        }
        // it has ended nothing
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            assertEquals(packetId, back.receive("message").packetId());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.6.1-1", "MQTT-2.2.2-2"},
            v5 = {"MQTT-3.6.1-1", "MQTT-2.1.3-1"})
    void refusesAcknowledgementsWithOtherFlags(Protocol version) {
        for (PacketKind kind : ACKNOWLEDGEMENTS) {
            for (int flags = 0; flags < 16; flags++) {
                int firstByte = (kind.firstByte() & 0xF0) | flags;
                if (firstByte != kind.firstByte()) {
                    BROKER.refuses(version, 0x81, packet(firstByte, u16(1)));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.8.0-1", v5 = "MQTT-4.13.1-1")
    void refusesAcknowledgementsThatAreNotWellFormed(Protocol version) {
        for (PacketKind kind : ACKNOWLEDGEMENTS) {
            BROKER.refuses(version, 0x81, packet(kind.firstByte()));
            BROKER.refuses(version, 0x81, packet(kind.firstByte(), u8(1)));
            BROKER.refuses(version, 0x82, packet(kind.firstByte(), u16(0)));
            if (version == Protocol.MQTT_3_1_1) {
                BROKER.refuses(version, 0x81, packet(kind.firstByte(), u16(1), u8(0)));
            } else {
                byte[] reason = propertyText(Property.REASON_STRING, "r");
                byte[] start = join(u16(1), u8(0));
                BROKER.refuses(version, 0x82, packet(kind.firstByte(), start, Bytes.properties(reason, reason)));
                byte[] foreign = Bytes.property8(Property.PAYLOAD_FORMAT, 1);
                BROKER.refuses(version, 0x81, packet(kind.firstByte(), start, Bytes.properties(foreign)));
                BROKER.refuses(version, 0x81, packet(kind.firstByte(), start, Bytes.properties(reason), u8(0)));
                BROKER.refuses(version, 0x81, packet(kind.firstByte(), start, u8(5)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = {"MQTT-3.4.2-1", "MQTT-3.5.2-1", "MQTT-3.6.2-1", "MQTT-3.7.2-1"})
    void refusesReasonCodesThatThePacketDoesNotHave(Protocol version) {
        Set<Integer> ofReceipt = Set.of(0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99);
        Set<Integer> ofRelease = Set.of(0x00, 0x92);
        int[] candidates = {
            0x00, 0x01, 0x02, 0x04, 0x10, 0x11, 0x18, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x87, 0x8E, 0x90, 0x91, 0x92, 0x93,
            0x97, 0x99, 0x9A, 0xA2, 0xFF
        };
        for (PacketKind kind : ACKNOWLEDGEMENTS) {
            boolean receipt = kind == PacketKind.PUBACK || kind == PacketKind.PUBREC;
            Set<Integer> allowed = receipt ? ofReceipt : ofRelease;
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("c"))) {
                for (int reasonCode : candidates) {
                    if (allowed.contains(reasonCode)) {
                        peer.acknowledge(kind, 1, reasonCode);
                        boolean answered =
                                kind == PacketKind.PUBREL || (kind == PacketKind.PUBREC && reasonCode < 0x80);
                        if (answered) {
                            peer.nextAck(receipt ? PacketKind.PUBREL : PacketKind.PUBCOMP, 1);
                        }
                        peer.expectQuiet();
                    } else {
                        BROKER.refuses(version, 0x81, packet(kind.firstByte(), u16(1), u8(reasonCode)));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    void takesAcknowledgementsInAllTheirForms(Protocol version) {
        String topic = BROKER.unique("t");
        byte[] details = Bytes.properties(
                userProperty("k", "v"), propertyText(Property.REASON_STRING, "because"), userProperty("k", "v"));
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer subscriber = subscriber(version, topic, 2)) {
            for (byte[] rest : List.of(new byte[0], u8(0), join(u8(0), u8(0)), join(u8(0), details))) {
                publisher.publishAcknowledged(topic, 1, "one");
                int one = subscriber.nextPublish("one").packetId();
                subscriber.send(packet(PacketKind.PUBACK.firstByte(), u16(one), rest));
                publisher.publish(0x04, topic, 1, "two");
                publisher.nextAck(PacketKind.PUBREC, 1);
                publisher.send(packet(PacketKind.PUBREL.firstByte(), u16(1), rest));
                assertEquals(0, publisher.nextAck(PacketKind.PUBCOMP, 1));
                int two = subscriber.nextPublish("two").packetId();
                subscriber.send(packet(PacketKind.PUBREC.firstByte(), u16(two), rest));
                assertEquals(0, subscriber.nextAck(PacketKind.PUBREL, two));
                subscriber.send(packet(PacketKind.PUBCOMP.firstByte(), u16(two), rest));
                // it was taken: this one is answered as unknown
                subscriber.acknowledge(PacketKind.PUBREC, two);
                assertEquals(0x92, subscriber.nextAck(PacketKind.PUBREL, two));
            }
        }
    }
}
