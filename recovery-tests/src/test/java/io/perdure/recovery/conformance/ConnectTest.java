package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How a connection begins: with one CONNECT, whole and in time; what follows it waits for CONNACK. */
@Timeout(60)
class ConnectTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    static Stream<String> otherPackets() {
        return Stream.of(
                "00 00", // reserved
                "20 03 00 00 00",
                "30 05 00 01 74 68 69",
                "32 08 00 01 74 00 01 00 68 69",
                "34 08 00 01 74 00 01 00 68 69",
                "40 02 00 01",
                "50 02 00 01",
                "62 02 00 01",
                "70 02 00 01",
                "82 07 00 01 00 00 01 74 00",
                "90 04 00 01 00 00",
                "a2 06 00 01 00 00 01 74",
                "b0 04 00 01 00 00",
                "c0 00",
                "d0 00",
                "e0 00",
                "f0 00",
                "f0 06 18 04 15 00 01 6d",
                "16 03 01 00 a5", // a TLS client
                "47 45 54 20 2f 20 48 54 54 50"); // and one of HTTP
    }

    @ParameterizedTest
    @MethodSource("otherPackets")
    @Proves(v311 = "MQTT-3.1.0-1", v5 = "MQTT-3.1.0-1")
    void closesIfTheFirstPacketIsAnother(String first) {
        for (Protocol version : Protocol.values()) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(hex(first), new ConnectPacket(version, BROKER.unique("late")).bytes());
                peer.expectClosed();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-3.1.0-2",
            v5 = {"MQTT-3.1.0-2", "MQTT-4.13.1-1"})
    void refusesASecondConnect(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.open(BROKER, version)) {
            String clientId = BROKER.unique("twice");
            ConnectPacket first = new ConnectPacket(version, clientId).will(watcher.topic("will"), "first", 1, false);
            ConnectPacket second = new ConnectPacket(version, clientId).will(watcher.topic("will"), "second", 1, false);
            assertEquals(0, peer.handshake(first).reasonCode());
            peer.send(second.bytes());
            peer.expectDisconnect(0x82);
            watcher.expect("will", "first");
            watcher.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-3.1.0-2",
            v5 = {"MQTT-3.1.0-2", "MQTT-3.2.0-2"})
    void refusesASecondConnectInTheSameSegment(Protocol version) {
        try (Peer peer = Peer.open(BROKER, version)) {
            byte[] connect = new ConnectPacket(version, BROKER.unique("twice")).bytes();
            peer.send(connect, connect);
            assertEquals(0, peer.next(PacketKind.CONNACK).connAck().reasonCode());
            peer.expectDisconnect(0x82);
        }
    }

    private static byte[] fullConnect(Protocol version) {
        return new ConnectPacket(version, BROKER.unique("inpieces"))
                .properties(Bytes.property32(Property.SESSION_EXPIRY, 100), Bytes.userProperty("name", "value"))
                .will("will", "said", 1, false, Bytes.property32(Property.WILL_DELAY, 5))
                .userName("user")
                .password("password")
                .bytes();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.4-4", v5 = "MQTT-3.1.4-5")
    void takesAConnectInTwoPiecesWhereverItIsCut(Protocol version) {
        for (int cut = 1; cut < fullConnect(version).length; cut++) {
            byte[] connect = fullConnect(version);
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(Arrays.copyOf(connect, cut));
                peer.send(Arrays.copyOfRange(connect, cut, connect.length));
                assertEquals(0, peer.next(PacketKind.CONNACK).connAck().reasonCode());
                peer.disconnect();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.4-4", v5 = "MQTT-3.1.4-5")
    void takesAConnectByteByByte(Protocol version) {
        try (Peer peer = Peer.open(BROKER, version)) {
            for (byte b : fullConnect(version)) {
                peer.send(new byte[] {b});
            }
            assertEquals(0, peer.next(PacketKind.CONNACK).connAck().reasonCode());
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v5 = {"MQTT-3.14.0-1"},
            choices = "connect-timeout")
    void closesWithoutAWordIfTheConnectDoesNotComeInTime(Protocol version) {
        byte[] connect = fullConnect(version);
        for (int sent : new int[] {0, 1, 2, 3, 10, connect.length - 1}) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(Arrays.copyOf(connect, sent));
                BROKER.settle(); // the broker has seen it before the time passes
                BROKER.advance(Duration.ofSeconds(11));
                peer.expectClosed();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.2.0-1", "MQTT-3.1.4-4"},
            v5 = {"MQTT-3.2.0-1", "MQTT-3.1.4-5"},
            choices = "publish-before-connack")
    void processesWhatFollowsConnectInTheSameSegmentAfterConnack(Protocol version) {
        String topic = BROKER.unique("hasty");
        try (Peer peer = Peer.open(BROKER, version)) {
            byte[] none = version == Protocol.MQTT_5 ? properties() : new byte[0];
            peer.send(
                    new ConnectPacket(version, BROKER.unique("hasty")).bytes(),
                    packet(0x82, u16(7), none, text(topic), u8(1)),
                    peer.publishPacket(0x02, topic, 8, "hasty"),
                    hex("c0 00"));
            assertEquals(0, peer.next(PacketKind.CONNACK).connAck().reasonCode());
            Set<PacketKind> seen = EnumSet.noneOf(PacketKind.class);
            for (int i = 0; i < 4; i++) {
                Frame frame = peer.next();
                assertTrue(seen.add(frame.kind()), () -> "twice: " + frame);
                switch (frame.kind()) {
                    case SUBACK -> assertEquals(7, frame.codes().packetId());
                    case PUBACK -> assertEquals(8, frame.ack().packetId());
                    case PUBLISH -> assertEquals("hasty", frame.publish().text());
                    default -> assertEquals(PacketKind.PINGRESP, frame.kind());
                }
            }
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.14.4-3", v5 = "MQTT-3.14.4-3", choices = "publish-before-connack")
    void processesAllThatAClientHasSentWhichIsGoneBeforeItsConnack(Protocol version) {
        for (int qos = 0; qos <= 2; qos++) {
            try (Watcher watcher = new Watcher(BROKER, version)) {
                ConnectPacket connect = new ConnectPacket(version, BROKER.unique("brief"))
                        .will(watcher.topic("will"), "though it said goodbye", 1, false);
                Peer peer = Peer.open(BROKER, version);
                byte[] publish = peer.publishPacket(qos << 1, watcher.topic("said"), qos == 0 ? 0 : 1, "in passing");
                peer.send(connect.bytes(), publish, hex("e0 00"));
                peer.close();
                watcher.expect("said", "in passing");
                watcher.expectNothing();
            }
        }
    }

    private static byte[] refusedConnect(Protocol version, Watcher watcher) {
        ConnectPacket connect = version == Protocol.MQTT_5
                ? new ConnectPacket(version, BROKER.unique("refused"))
                        .properties(propertyText(Property.AUTHENTICATION_METHOD, "unknown"))
                : new ConnectPacket(version, "").resume();
        return connect.will(watcher.topic("will"), "of a refused one", 1, false).bytes();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.4-5", "MQTT-3.2.2-4", "MQTT-3.2.2-5"},
            v5 = {"MQTT-3.1.4-2", "MQTT-3.1.4-6", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-4.13.2-1"},
            choices = "publish-before-connack")
    void processesNothingThatFollowsARefusedConnect(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.open(BROKER, version)) {
            byte[] publish = peer.publishPacket(0x02, watcher.topic("published"), 1, "after a refused one");
            peer.send(join(refusedConnect(version, watcher), publish, publish));
            peer.expectRefusal(version == Protocol.MQTT_5 ? 0x8C : 0x02);
            watcher.expectNothing();
        }
    }
}
