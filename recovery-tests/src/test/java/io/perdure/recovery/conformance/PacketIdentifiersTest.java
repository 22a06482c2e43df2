package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packet Identifiers, both ways [2.3.1, 5.0: 2.2.1]. */
@Timeout(120)
class PacketIdentifiersTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int ALL = 65_535;

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.3.1-1", "MQTT-4.8.0-1"},
            v5 = {"MQTT-2.2.1-3", "MQTT-4.13.1-1"})
    void disconnectsAfterPacketIdentifier0(Protocol version) {
        byte[] none = Peer.properties(version);
        List<byte[]> packets = List.of(
                packet(0x32, text("t"), u16(0), none, text("x")),
                packet(0x34, text("t"), u16(0), none, text("x")),
                packet(0x82, u16(0), none, text("t"), u8(0)),
                packet(0xA2, u16(0), none, text("t")),
                packet(0x40, u16(0)),
                packet(0x50, u16(0)),
                packet(0x62, u16(0)),
                packet(0x70, u16(0)));
        for (byte[] packet : packets) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("zero"))) {
                peer.send(packet);
                peer.expectDisconnect(0x82);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.3.1-6", "MQTT-2.3.1-7", "MQTT-3.8.4-2", "MQTT-3.10.4-4", "MQTT-4.3.2-2", "MQTT-4.3.3-2"},
            v5 = {
                "MQTT-2.2.1-5",
                "MQTT-2.2.1-6",
                "MQTT-3.8.4-2",
                "MQTT-3.10.4-5",
                "MQTT-4.3.2-4",
                "MQTT-4.3.3-8",
                "MQTT-4.3.3-11"
            })
    void answersWithTheIdentifierOfTheClient(Protocol version) {
        String topic = BROKER.unique("answered");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("ids"))) {
            for (int id : new int[] {1, 2, 127, 128, 255, 256, 0x1234, 32_768, 65_534, 65_535}) {
                // checks the identifier of the SUBACK
                peer.subscribe(id, topic, 0);
                peer.send(packet(0xA2, u16(id), Peer.properties(version), text(topic)));
                assertEquals(id, peer.next(PacketKind.UNSUBACK).codes().packetId());
                peer.publish(0x02, topic, id, "x");
                assertEquals(id, peer.next(PacketKind.PUBACK).ack().packetId());
                peer.publish(0x04, topic, id, "x");
                assertEquals(id, peer.next(PacketKind.PUBREC).ack().packetId());
                peer.acknowledge(PacketKind.PUBREL, id);
                assertEquals(id, peer.next(PacketKind.PUBCOMP).ack().packetId());
            }
        }
    }

    /** SUBSCRIBE, UNSUBSCRIBE and PUBLISH in progress at a time, all with identifiers of their own, in one segment. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.3.1-6", "MQTT-2.3.1-7"},
            v5 = {"MQTT-2.2.1-5", "MQTT-2.2.1-6"})
    void keepsTheAnswersOfManyApart(Protocol version) {
        byte[] none = Peer.properties(version);
        String topic = BROKER.unique("many");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("ids"))) {
            peer.send(
                    packet(0x82, u16(500), none, text(topic), u8(0)),
                    packet(0xA2, u16(400), none, text(topic)),
                    peer.publishPacket(0x02, topic, 300, "x"),
                    peer.publishPacket(0x04, topic, 200, "x"),
                    packet(0x82, u16(100), none, text(topic + "/2"), u8(0)));
            Set<String> answers = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                Frame frame = peer.next();
                answers.add(frame.kind() + " " + ByteBuffer.wrap(frame.body()).getShort());
            }
            assertEquals(Set.of("SUBACK 500", "UNSUBACK 400", "PUBACK 300", "PUBREC 200", "SUBACK 100"), answers);
        }
    }

    /** What looks like an identifier is the beginning of the payload. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-2.3.1-5", v5 = "MQTT-2.2.1-2")
    void takesAndSendsNoIdentifierAtQos0(Protocol version) {
        String topic = BROKER.unique("zero");
        byte[] none = Peer.properties(version);
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("qos0"))) {
            peer.subscribe(1, topic, 0);
            peer.send(packet(0x30, text(topic), none, u16(7)));
            assertArrayEquals(
                    Bytes.join(text(topic), none, u16(7)),
                    peer.next(PacketKind.PUBLISH).body());
            // delivered at QoS 0, though published at QoS 2
            peer.publish(0x04, topic, 9, "ab");
            Frame first = peer.next();
            Frame delivered = first.kind() == PacketKind.PUBLISH ? first : peer.next(PacketKind.PUBLISH);
            assertEquals(0x30, delivered.firstByte());
            assertArrayEquals(
                    Bytes.join(text(topic), none, "ab".getBytes(StandardCharsets.US_ASCII)), delivered.body());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.3.1-1", "MQTT-2.3.1-4", "MQTT-4.3.2-1", "MQTT-4.3.3-1"},
            v5 = {"MQTT-2.2.1-4", "MQTT-4.3.2-1", "MQTT-4.3.2-2", "MQTT-4.3.3-1", "MQTT-4.3.3-2"})
    void givesUnusedIdentifiersToWhatItSends(Protocol version) {
        String topic = BROKER.unique("unused");
        Set<Integer> inUse = new HashSet<>();
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("ids"))) {
            peer.subscribe(1, topic, 2);
            for (int i = 1; i <= 600; i++) {
                peer.publish(i % 2 == 0 ? 0x02 : 0x04, topic, i, "x");
            }
            int received = 0;
            while (received < 600) {
                Frame frame = peer.next();
                if (frame.kind() == PacketKind.PUBLISH) {
                    Frame.Publish publish = frame.publish();
                    received++;
                    assertTrue(publish.qos() > 0 && !publish.dup(), frame::toString);
                    assertNotEquals(0, publish.packetId());
                    assertTrue(inUse.add(publish.packetId()), frame::toString);
                }
            }
        }
    }

    /** All identifiers go round while one stays in use: it is not given to anything else. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.3.1-4", "MQTT-4.3.2-1"},
            v5 = {"MQTT-2.2.1-4", "MQTT-4.3.2-1"})
    void neverGivesAwayAnIdentifierThatIsInUse(Protocol version) {
        String topic = BROKER.unique("round");
        int messages = ALL + 300;
        try (Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("subscriber"));
                Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("publisher"))) {
            subscriber.subscribe(1, topic, 1);
            int held = 0;
            for (int sent = 0; sent < messages; ) {
                int batch = Math.min(1000, messages - sent);
                publish(publisher, topic, sent, batch);
                ByteArrayOutputStream acks = new ByteArrayOutputStream();
                for (int i = 0; i < batch; i++, sent++) {
                    if (sent == ALL) {
                        // only the one that is held is left: it is in the way until it is free
                        subscriber.send(acks.toByteArray());
                        acks.reset();
                        subscriber.expectQuiet();
                        subscriber.acknowledge(PacketKind.PUBACK, held);
                    }
                    Frame.Publish got = subscriber.nextPublish("message " + sent);
                    if (sent == 0) {
                        held = got.packetId();
                    } else {
                        assertTrue(sent >= ALL || got.packetId() != held, "identifier " + held + " is in use");
                        acks.writeBytes(packet(0x40, u16(got.packetId())));
                    }
                }
                subscriber.send(acks.toByteArray());
                for (int i = 0; i < batch; i++) {
                    publisher.next(PacketKind.PUBACK);
                }
            }
        }
    }

    private static void publish(Peer publisher, String topic, int from, int count) {
        ByteArrayOutputStream packets = new ByteArrayOutputStream();
        for (int i = from; i < from + count; i++) {
            packets.writeBytes(publisher.publishPacket(0x02, topic, i % ALL + 1, "message " + i));
        }
        publisher.send(packets.toByteArray());
    }

    /** A QoS 2 PUBLISH holds its identifier until PUBCOMP: at another QoS it can't mean a repeat. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-2.3.1-2", v5 = "MQTT-2.2.1-3")
    void disconnectsIfAnIdentifierInUseIsUsedForAnotherPublish(Protocol version) {
        String topic = BROKER.unique("twice");
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("twice"))) {
            peer.publish(0x04, topic, 5, "x");
            assertEquals(5, peer.next(PacketKind.PUBREC).ack().packetId());
            peer.publish(0x02, topic, 5, "y");
            peer.expectDisconnect(0x82);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "unknown-packet-identifier")
    void answersAcknowledgementsOfNothing(Protocol version) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("unknown"))) {
            boolean five = version == Protocol.MQTT_5;
            for (int id : new int[] {1, 77, 65_535}) {
                peer.acknowledge(PacketKind.PUBREC, id);
                Frame.Ack pubRel = peer.next(PacketKind.PUBREL).ack();
                assertEquals(id, pubRel.packetId());
                assertEquals(five ? 0x92 : 0, pubRel.reasonCode());
                peer.acknowledge(PacketKind.PUBREL, id);
                Frame.Ack pubComp = peer.next(PacketKind.PUBCOMP).ack();
                assertEquals(id, pubComp.packetId());
                assertEquals(five ? 0x92 : 0, pubComp.reasonCode());
                peer.acknowledge(PacketKind.PUBACK, id);
                peer.acknowledge(PacketKind.PUBCOMP, id);
                peer.send(packet(0x50, five ? hex("00 07 80") : u16(7)));
                if (!five) {
                    peer.next(PacketKind.PUBREL);
                }
                peer.expectQuiet();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.8.0-1", v5 = "MQTT-4.13.1-1", choices = "wrong-acknowledgement")
    void disconnectsAfterAnAcknowledgementOfAnotherKind(Protocol version) {
        for (int qos = 1; qos <= 2; qos++) {
            List<PacketKind> wrong = qos == 1
                    ? List.of(PacketKind.PUBREC, PacketKind.PUBCOMP)
                    : List.of(PacketKind.PUBACK, PacketKind.PUBCOMP);
            for (PacketKind kind : wrong) {
                String topic = BROKER.unique("wrong");
                try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("wrong"))) {
                    peer.subscribe(1, topic, qos);
                    publishOnce(topic, qos);
                    Frame.Publish got = peer.nextPublish("x");
                    peer.acknowledge(kind, got.packetId());
                    peer.expectDisconnect(0x82);
                }
            }
        }
    }

    private static void publishOnce(String topic, int qos) {
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("publisher"))) {
            publisher.publish(qos << 1, topic, 1, "x");
            publisher.next(qos == 1 ? PacketKind.PUBACK : PacketKind.PUBREC);
        }
    }
}
