package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP is a stream of bytes: packets come in whatever pieces it likes. And packets that are too short or too long. */
@Timeout(120)
class FramingTest {

    /** One event loop: when another client has been served, what was sent before has been read. */
    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with("event-loop-threads", "1");

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    /** All that a client may do between CONNECT and DISCONNECT. */
    private static byte[] conversation(Protocol v, String name) {
        byte[] none = Peer.properties(v);
        byte[] some = Peer.properties(v, userProperty("name", "value"));
        ConnectPacket connect =
                new ConnectPacket(v, name).will(name + "/will", "bye", 0, false).userName("user");
        return join(
                connect.bytes(),
                packet(0x82, u16(1), some, text(name), u8(0), text(name + "/+"), u8(0)),
                packet(0x30, text(name), none, u8('a')),
                packet(0x32, text(name), u16(2), some, u8('b')),
                packet(0x34, text(name + "/x"), u16(3), none, u8('c')),
                packet(0x62, u16(3)),
                hex("c0 00"),
                packet(0x31, text(name + "/y"), none, u8('d')),
                packet(0x40, u16(99)),
                packet(0xA2, u16(4), some, text(name)));
    }

    private static final String ANSWERS =
            "CONNACK PINGRESP PUBACK PUBCOMP PUBLISH:a PUBLISH:b PUBLISH:c PUBLISH:d PUBREC SUBACK UNSUBACK";

    /** What the broker answers, sorted. */
    private static String answers(Peer peer) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < ANSWERS.split(" ", -1).length; i++) {
            Frame frame = peer.next();
            boolean delivery = frame.kind() == PacketKind.PUBLISH;
            answers.add(frame.kind() + (delivery ? ":" + frame.publish().text() : ""));
        }
        Collections.sort(answers);
        return String.join(" ", answers);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-7.1.1-1", "MQTT-7.0.0-2"},
            v5 = "MQTT-4.2.0-1")
    void takesPacketsThatAreSplitAtAnyByte(Protocol version) {
        int length = conversation(version, "split%s%04d".formatted(version.shortName(), 0)).length;
        for (int i = 1; i < length; i++) {
            byte[] all = conversation(version, "split%s%04d".formatted(version.shortName(), i));
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(Arrays.copyOf(all, i));
                // a round trip of another client, so that the broker finds the first piece alone
                bystander.expectServed();
                peer.send(Arrays.copyOfRange(all, i, length));
                assertEquals(ANSWERS, answers(peer), "split at " + i);
                peer.send(hex("e0"));
                peer.send(hex("00"));
                peer.expectClosed();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-7.1.1-1", "MQTT-7.0.0-2"},
            v5 = "MQTT-4.2.0-1")
    void takesPacketsByteByByte(Protocol version) {
        try (Peer peer = Peer.open(BROKER, version)) {
            for (byte b : conversation(version, BROKER.unique("bytes"))) {
                peer.send(u8(b));
            }
            assertEquals(ANSWERS, answers(peer));
            peer.disconnect();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-7.1.1-1", "MQTT-7.0.0-2"},
            v5 = "MQTT-4.2.0-1",
            choices = "publish-before-connack")
    void takesAllPacketsInOneSegment(Protocol version) {
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(conversation(version, BROKER.unique("segment")));
            assertEquals(PacketKind.CONNACK, peer.next().kind());
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(conversation(version, BROKER.unique("segment")));
            assertEquals(ANSWERS, answers(peer));
            peer.disconnect();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.6.0-2", "MQTT-4.6.0-3", "MQTT-4.6.0-6"},
            v5 = {"MQTT-4.6.0-2", "MQTT-4.6.0-3", "MQTT-4.6.0-5"})
    void answersManyPacketsInOneSegmentInOrder(Protocol version) {
        String topic = BROKER.unique("many");
        int count = 1000;
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("many"))) {
            peer.subscribe(1, topic, 0);
            ByteArrayOutputStream packets = new ByteArrayOutputStream();
            for (int i = 1; i <= count; i++) {
                packets.writeBytes(peer.publishPacket(i % 3 == 0 ? 0x04 : 0x02, topic, i, "message " + i));
            }
            peer.send(packets.toByteArray());
            int acknowledged = 0;
            int delivered = 0;
            while (acknowledged < count || delivered < count) {
                Frame frame = peer.next();
                if (frame.kind() == PacketKind.PUBLISH) {
                    delivered++;
                    assertEquals("message " + delivered, frame.publish().text());
                } else {
                    acknowledged++;
                    assertEquals(acknowledged % 3 == 0 ? PacketKind.PUBREC : PacketKind.PUBACK, frame.kind());
                    assertEquals(acknowledged, frame.ack().packetId());
                }
            }
        }
    }

    /** Larger than what is read at a time, and than what is copied to be checked. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-7.1.1-1", v5 = "MQTT-4.2.0-1")
    void takesALargePacketInManyPieces(Protocol version) {
        byte[] payload = new byte[3 << 20];
        new Random(7).nextBytes(payload);
        String topic = BROKER.unique("large");
        byte[] some = Peer.properties(version, userProperty("name", "v".repeat(60_000)));
        byte[] packet = packet(0x32, text(topic), u16(1), some, payload);
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("large"))) {
            peer.subscribe(1, topic, 0);
            for (int i = 0; i < packet.length; i += 50_021) {
                peer.send(Arrays.copyOfRange(packet, i, Math.min(i + 50_021, packet.length)));
            }
            List<Frame> both = List.of(peer.next(), peer.next());
            Frame delivered = both.get(both.get(0).kind() == PacketKind.PUBLISH ? 0 : 1);
            assertArrayEquals(payload, delivered.publish().payload());
        }
    }

    /** The same rules hold where a payload is too large to be copied with the rest. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.8.0-1", v5 = "MQTT-4.13.1-1")
    void checksLargePacketsAsWell(Protocol version) {
        byte[] payload = new byte[100_000];
        Arrays.fill(payload, (byte) 0xFF);
        byte[] none = Peer.properties(version);
        List<byte[]> bad = new ArrayList<>(List.of(
                packet(0x30, Bytes.binary((byte) 0x61, (byte) 0xC0), none, payload),
                packet(0x30, hex("ffff"), new byte[0xFFFF], none, payload),
                packet(0x30, hex("ffff"), payload, hex("00"))));
        if (version == Protocol.MQTT_5) {
            bad.add(packet(0x30, text("t"), hex("80 00"), payload));
            bad.add(packet(0x30, text("t"), payload));
            bad.add(packet(0x30, text("t"), hex("ff ff ff 7f"), payload));
            bad.add(packet(0x30, text("t"), hex("04"), userProperty("", ""), payload));
            bad.add(packet(0x30, text("t"), hex("07"), userProperty("", ""), payload));
            bad.add(packet(0x30, text("t"), hex("02 7f 00"), payload));
        }
        for (byte[] packet : bad) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("large"))) {
                peer.send(packet);
                peer.expectDisconnect(0x81);
            }
        }
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("large"))) {
            peer.send(packet(0x32, text("t"), u16(0), none, payload));
            peer.expectDisconnect(0x82);
        }
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("large"))) {
            peer.send(packet(0x30, text("t/#"), none, payload));
            peer.expectDisconnect(0x90);
        }
    }

    /** A client that goes in the middle of a packet has sent all that came before it. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.5.0-1", v5 = "MQTT-4.5.0-1")
    void processesWhatIsCompleteWhenTheConnectionEnds(Protocol version) {
        String topic = BROKER.unique("cut");
        try (Peer watching = Peer.connected(BROKER, version, BROKER.unique("watching"))) {
            watching.subscribe(1, topic, 0);
            ConnectPacket connect = new ConnectPacket(version, BROKER.unique("cut")).will(topic, "will", 0, false);
            try (Peer peer = Peer.connected(BROKER, version, connect)) {
                byte[] last = peer.publishPacket(0x02, topic, 2, "cut off");
                peer.send(peer.publishPacket(0x02, topic, 1, "complete"), Arrays.copyOf(last, last.length - 1));
            }
            watching.nextPublish("complete");
            watching.nextPublish("will");
            watching.expectQuiet();
        }
    }

    /** What comes behind a packet that is not allowed is not looked at. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-4.8.0-1",
            v5 = {"MQTT-4.13.1-1", "MQTT-3.14.4-1", "MQTT-3.14.4-2"})
    void processesNothingBehindABadPacket(Protocol version) {
        String topic = BROKER.unique("behind");
        try (Peer watching = Peer.connected(BROKER, version, BROKER.unique("watching"))) {
            watching.subscribe(1, topic, 0);
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("bad"))) {
                peer.send(
                        peer.publishPacket(0, topic, 0, "before"),
                        hex("c1 00"),
                        peer.publishPacket(0, topic, 0, "behind"),
                        peer.publishPacket(0x02, topic, 1, "behind"));
                peer.expectDisconnect(0x81);
            }
            watching.nextPublish("before");
            watching.expectQuiet();
        }
    }

    /** Each packet with a Remaining Length that ends it too early. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.8.0-1", "MQTT-3.1.4-1"},
            v5 = {"MQTT-4.13.1-1", "MQTT-3.1.4-1"})
    void refusesPacketsThatAreTooShort(Protocol version) {
        byte[] none = Peer.properties(version);
        List<byte[]> bodies = List.of(
                join(u8(0x82), u16(1), none, text("filter"), u8(0)),
                join(u8(0xA2), u16(1), none, text("filter")),
                join(u8(0x30), text("topic"), none),
                join(u8(0x34), text("topic"), u16(1), none),
                join(u8(0x40), u16(1)),
                join(u8(0x50), u16(1)),
                join(u8(0x62), u16(1)),
                join(u8(0x70), u16(1)));
        for (byte[] body : bodies) {
            for (int length = 1; length < body.length; length++) {
                try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("short"))) {
                    peer.send(packet(body[0], Arrays.copyOfRange(body, 1, length)));
                    boolean endsBeforeItsFilter = (body[0] & 0x80) != 0 && length == 3 + none.length;
                    peer.expectDisconnect(endsBeforeItsFilter ? 0x82 : 0x81);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.4-1", "MQTT-3.1.2-9", "MQTT-3.1.2-19", "MQTT-3.1.2-21", "MQTT-3.1.3-3"},
            v5 = {"MQTT-3.1.4-1", "MQTT-3.1.2-9", "MQTT-3.1.2-17", "MQTT-3.1.2-19", "MQTT-3.1.3-3"})
    void refusesAConnectThatIsTooShort(Protocol version) {
        byte[] connect = new ConnectPacket(version, "short")
                .will("will", "bye", 1, false)
                .userName("user")
                .password("secret")
                .bytes();
        for (int length = 2; length < connect.length; length++) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(packet(0x10, Arrays.copyOfRange(connect, 2, length)));
                // behind the protocol level it is clear how to answer
                if (version == Protocol.MQTT_5 && length > 2 + 6) {
                    peer.expectRefusal(0x81);
                } else {
                    peer.expectClosed();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.8.0-1", "MQTT-3.1.4-1", "MQTT-3.1.2-11", "MQTT-3.1.2-18", "MQTT-3.1.2-20"},
            v5 = {"MQTT-4.13.1-1", "MQTT-3.1.4-1", "MQTT-3.1.2-16", "MQTT-3.1.2-18"})
    void refusesPacketsThatAreTooLong(Protocol version) {
        byte[] none = Peer.properties(version);
        boolean five = version == Protocol.MQTT_5;
        List<byte[]> packets = List.of(
                packet(0xC0, u8(0)),
                packet(0x82, u16(1), none, text("filter"), u8(0), u8(0)),
                packet(0xA2, u16(1), none, text("filter"), u8(0)),
                packet(0x40, u16(1), five ? hex("00 00") : new byte[0], u8(0)),
                packet(0x50, u16(1), five ? hex("00 00") : new byte[0], u8(0)),
                packet(0x62, u16(1), five ? hex("00 00") : new byte[0], u8(0)),
                packet(0x70, u16(1), five ? hex("00 00") : new byte[0], u8(0)),
                packet(0xE0, five ? hex("00 00") : new byte[0], u8(0)));
        for (byte[] packet : packets) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("long"))) {
                peer.send(packet);
                peer.expectDisconnect(0x81);
            }
        }
        byte[] connect = new ConnectPacket(version, "long").bytes();
        byte[] body = Arrays.copyOfRange(connect, 2, connect.length);
        for (byte[] more : List.of(u8(0), text("User Name"), join(text("will"), text("bye")))) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(packet(0x10, body, more));
                if (five) {
                    peer.expectRefusal(0x81);
                } else {
                    peer.expectClosed();
                }
            }
        }
    }
}
