package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Type, flags and Remaining Length of packets [2.2, 5.0: 2.1]. */
@Timeout(120)
class FixedHeaderTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with("limits.maximum-packet-size", "64KiB");

    private static final int MAXIMUM_BYTES = 64 * 1024;

    /** What begins like a CONNECT with these flags is taken for a client that speaks TLS. */
    private static final byte TLS_HANDSHAKE = 0x16;

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    /** What a client may send, with all that it has to hold. */
    private static byte[] body(Protocol v, PacketKind kind) {
        byte[] none = Peer.properties(v);
        return switch (kind) {
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> u16(7);
            case SUBSCRIBE -> join(u16(7), none, text("f"), u8(0));
            case UNSUBSCRIBE -> join(u16(7), none, text("f"));
            case PINGREQ, DISCONNECT -> new byte[0];
            case AUTH -> join(u8(0x19), Bytes.properties(Bytes.propertyText(Property.AUTHENTICATION_METHOD, "m")));
            default -> throw new IllegalArgumentException(kind.name());
        };
    }

    private static Stream<Arguments> packetsOfClients() {
        List<PacketKind> kinds = List.of(
                PacketKind.PUBACK,
                PacketKind.PUBREC,
                PacketKind.PUBREL,
                PacketKind.PUBCOMP,
                PacketKind.SUBSCRIBE,
                PacketKind.UNSUBSCRIBE,
                PacketKind.PINGREQ,
                PacketKind.DISCONNECT,
                PacketKind.AUTH);
        return Stream.of(Protocol.values()).flatMap(v -> kinds.stream()
                .filter(kind -> kind != PacketKind.AUTH || v == Protocol.MQTT_5)
                .map(kind -> Arguments.of(v, kind)));
    }

    @ParameterizedTest
    @MethodSource("packetsOfClients")
    @Proves(
            v311 = {
                "MQTT-2.2.2-1",
                "MQTT-2.2.2-2",
                "MQTT-3.6.1-1",
                "MQTT-3.8.1-1",
                "MQTT-3.10.1-1",
                "MQTT-3.14.1-1",
                "MQTT-4.8.0-1"
            },
            v5 = {
                "MQTT-2.1.3-1",
                "MQTT-3.6.1-1",
                "MQTT-3.8.1-1",
                "MQTT-3.10.1-1",
                "MQTT-3.14.1-1",
                "MQTT-3.15.1-1",
                "MQTT-4.13.1-1",
                "MQTT-4.13.2-1"
            })
    void disconnectsAfterReservedFlags(Protocol version, PacketKind kind) {
        for (int flags = 0; flags < 16; flags++) {
            int firstByte = (kind.firstByte() & 0xF0) | flags;
            if (firstByte != kind.firstByte()) {
                try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("flags"))) {
                    peer.send(packet(firstByte, body(version, kind)));
                    peer.expectDisconnect(0x81);
                }
            }
        }
    }

    /** The Will tells that a DISCONNECT with reserved flags was none. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.14.1-1", "MQTT-3.1.2-8"},
            v5 = {"MQTT-3.14.1-1", "MQTT-3.1.2-8"})
    void publishesTheWillAfterAMalformedDisconnect(Protocol version) {
        String topic = BROKER.unique("will");
        try (Peer watching = Peer.connected(BROKER, version, BROKER.unique("watching"))) {
            watching.subscribe(1, topic, 0);
            ConnectPacket connect =
                    new ConnectPacket(version, BROKER.unique("leaving")).will(topic, "not like that", 0, false);
            try (Peer leaving = Peer.connected(BROKER, version, connect)) {
                leaving.send(hex("e1 00"));
                leaving.expectDisconnect(0x81);
            }
            watching.nextPublish("not like that");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-3.1.4-1"},
            v5 = {"MQTT-2.1.3-1", "MQTT-3.1.4-1"})
    void closesAfterAConnectWithReservedFlags(Protocol version) {
        byte[] connect = new ConnectPacket(version, BROKER.unique("flags")).bytes();
        for (int flags = 1; flags < 16; flags++) {
            connect[0] = (byte) (0x10 | flags);
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(connect);
                if (version == Protocol.MQTT_5 && connect[0] != TLS_HANDSHAKE) {
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
            v311 = {"MQTT-2.2.2-1", "MQTT-2.2.2-2", "MQTT-3.3.1-4"},
            v5 = {"MQTT-2.1.3-1", "MQTT-3.3.1-4"})
    void disconnectsAfterAPublishAtQos3(Protocol version) {
        for (int firstByte : new int[] {0x36, 0x37, 0x3E, 0x3F}) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("flags"))) {
                peer.send(packet(firstByte, text("t"), u16(7), Peer.properties(version), text("x")));
                peer.expectDisconnect(0x81);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.1-2", v5 = "MQTT-3.3.1-2", choices = "dup-at-qos0")
    void disconnectsAfterDupAtQos0(Protocol version) {
        for (int firstByte : new int[] {0x38, 0x39}) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("flags"))) {
                peer.send(packet(firstByte, text("t"), Peer.properties(version), text("x")));
                peer.expectDisconnect(0x82);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-2.2.2-2", "MQTT-4.8.0-1"},
            v5 = {"MQTT-2.1.3-1", "MQTT-4.13.1-1"})
    void disconnectsAfterAReservedType(Protocol version) {
        // type 15 is reserved before 5.0, with whatever flags
        IntStream reserved = version == Protocol.MQTT_5
                ? IntStream.range(0x00, 0x10)
                : IntStream.concat(IntStream.range(0x00, 0x10), IntStream.range(0xF0, 0x100));
        reserved.forEach(firstByte -> {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("type"))) {
                peer.send(packet(firstByte, u16(7)));
                peer.expectDisconnect(0x81);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.8.0-1", v5 = "MQTT-4.13.1-1")
    void disconnectsAfterAPacketOfServers(Protocol version) {
        for (int firstByte : new int[] {0x20, 0x90, 0xB0, 0xD0}) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("type"))) {
                peer.send(packet(firstByte, firstByte == 0xD0 ? new byte[0] : u16(7)));
                peer.expectDisconnect(0x82);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.0-1", v5 = "MQTT-3.1.0-1")
    void closesIfTheFirstPacketIsNoConnect(Protocol version) {
        for (int firstByte = 0; firstByte < 256; firstByte++) {
            if (firstByte != 0x10) {
                try (Peer peer = Peer.open(BROKER, version)) {
                    peer.send(packet(firstByte, u16(7)));
                    peer.expectClosed();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.8.0-1", v5 = "MQTT-4.13.1-1")
    void disconnectsAfterARemainingLengthOfFiveBytes(Protocol version) {
        for (PacketKind kind : List.of(PacketKind.PINGREQ, PacketKind.PUBLISH, PacketKind.SUBSCRIBE)) {
            for (String length : List.of("80 80 80 80", "80 80 80 80 00", "ff ff ff ff", "ff ff ff ff 7f")) {
                try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("long"))) {
                    peer.send(u8(kind.firstByte()), hex(length));
                    if (hex(length).length == 4) {
                        peer.send(hex("80"));
                    }
                    peer.expectDisconnect(0x81);
                }
            }
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(hex("10 ff ff ff ff ff"));
            peer.expectClosed();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-1.5.5-1", choices = "remaining-length-not-minimal")
    void seesWhetherARemainingLengthIsLongerThanNeeded(Protocol version) {
        for (String length : List.of("80 00", "80 80 00", "80 80 80 00")) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("long"))) {
                peer.send(u8(0xC0), hex(length));
                if (version == Protocol.MQTT_5) {
                    peer.expectDisconnect(0x81);
                } else {
                    peer.next(PacketKind.PINGRESP);
                }
            }
        }
        byte[] connect = new ConnectPacket(version, BROKER.unique("long")).bytes();
        byte[] body = Arrays.copyOfRange(connect, 2, connect.length);
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(u8(0x10), u8(body.length | 0x80), u8(0x00), body);
            if (version == Protocol.MQTT_5) {
                peer.expectRefusal(0x81);
            } else {
                assertEquals(0, peer.next().connAck().reasonCode());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "maximum-packet-size")
    void refusesAPacketThatIsTooLargeFromItsHeader(Protocol version) {
        for (int length : new int[] {MAXIMUM_BYTES - 3, MAXIMUM_BYTES, 268_435_455}) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("large"))) {
                peer.send(u8(0x30), variable(length));
                peer.expectDisconnect(0x95);
            }
        }
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("large"))) {
            byte[] header = join(text("t"), Peer.properties(version));
            peer.subscribe(1, "t", 0);
            byte[] payload = new byte[MAXIMUM_BYTES - 4 - header.length];
            peer.send(packet(0x30, header, payload));
            assertEquals(payload.length, peer.next(PacketKind.PUBLISH).publish().payload().length);
        }
    }

    /** All sizes around which the Remaining Length takes another byte, both ways. */
    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-1.5.5-1")
    void writesARemainingLengthInAsFewBytesAsPossible(Protocol version) {
        byte[] header = join(text("t"), Peer.properties(version));
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("sizes"))) {
            peer.subscribe(1, "t", 0);
            for (int length : new int[] {header.length, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385, 60_000}) {
                byte[] sent = packet(0x30, header, new byte[length - header.length]);
                peer.send(sent);
                assertEquals(sent.length, peer.next(PacketKind.PUBLISH).sizeBytes());
            }
        }
    }
}
