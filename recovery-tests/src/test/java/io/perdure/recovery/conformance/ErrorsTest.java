package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an error ends, and what it leaves alone [4.8, 5.0: 4.13]. */
@Timeout(120)
class ErrorsTest {

    /** Many event loops: each may hold little of packets that are not complete. */
    @RegisterExtension
    static final LiveBroker BROKER =
            LiveBroker.with("event-loop-threads", "16", "limits.maximum-packet-size", "128MiB");

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    /** No memory for the rest of a packet that is allowed: it is the broker's fault, and it passes. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.8.0-2", v5 = "MQTT-4.13.2-1")
    void disconnectsIfItCanNotProcessAPacketNow(Protocol version) {
        String name = BROKER.unique("large");
        try (Peer peer = Peer.connected(BROKER, version, name)) {
            peer.send(u8(0x30), variable(100 << 20));
            byte[] some = new byte[1 << 20];
            for (int i = 0; i < 99; i++) {
                peer.send(some);
            }
            peer.expectDisconnect(0x97);
        }
        bystander.expectServed();
        // now it can: other packets, at least
        try (Peer peer = Peer.connected(BROKER, version, name)) {
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "81, c1 00",
        "82, d0 00",
        "82, 32 06 0001 61 0000 00",
        "90, 30 04 0001 23 00",
        "94, 30 07 0001 61 03 23 0000",
        "95, 30 ff ff ff 7f"
    })
    @Proves(
            v5 = {"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.14.2-1", "MQTT-3.14.2-2"},
            choices = "reason-strings")
    void saysWhyItDisconnects(String reasonCode, String packet) {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("wrong"))) {
            peer.send(hex(packet));
            Frame.Disconnect disconnect = peer.expectDisconnect(Integer.parseInt(reasonCode, 16));
            assertTrue(disconnect.properties().text(Property.REASON_STRING).length() > 3);
            assertFalse(disconnect.properties().has(Property.SESSION_EXPIRY));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "81, 10 0f 0004 4d515454 05 03 0000 00 0002 6162", // reserved flag
        "82, 10 15 0004 4d515454 05 02 0000 06 21 000a 21 000a 0002 6162", // a property twice
        "84, 10 0f 0004 4d515454 06 02 0000 00 0002 6162",
        "8c, 10 14 0004 4d515454 05 02 0000 05 15 0002 6162 0002 6162", // enhanced authentication
        "90, 10 16 0004 4d515454 05 06 0000 00 0002 6162 00 0001 2b 0001 78" // Will Topic
    })
    @Proves(
            v5 = {"MQTT-3.2.2-7", "MQTT-3.2.2-8", "MQTT-3.2.2-6", "MQTT-4.13.2-1"},
            choices = "reason-strings")
    void saysWhyItRefuses(String reasonCode, String connect) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(hex(connect));
            Frame.ConnAck connAck = peer.expectRefusal(Integer.parseInt(reasonCode, 16));
            assertTrue(connAck.properties().text(Property.REASON_STRING).length() > 3);
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.14.2-3", "MQTT-3.1.2-24", "MQTT-4.13.2-1"})
    void leavesOutAReasonStringThatIsTooLong() {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("small"))
                .properties(Bytes.property32(Property.MAXIMUM_PACKET_SIZE, 24));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            peer.send(hex("c1 00"));
            Frame.Disconnect disconnect = peer.expectDisconnect(0x81);
            assertFalse(disconnect.properties().has(Property.REASON_STRING));
        }
    }

    /** An error ends the connection, not the session: what was subscribed and what has not arrived stays. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.8.0-1", "MQTT-4.1.0-1", "MQTT-3.1.2-4"},
            v5 = {"MQTT-4.13.1-1", "MQTT-3.1.2-23", "MQTT-3.1.2-5"})
    void keepsTheSessionOfAClientThatMadeAnError(Protocol version) {
        String topic = BROKER.unique("kept");
        ConnectPacket connect = new ConnectPacket(version, BROKER.unique("durable")).durable();
        int packetId;
        try (Peer peer = Peer.connected(BROKER, version, connect)) {
            peer.subscribe(1, topic, 1);
            peer.publish(0x02, topic, 1, "before");
            List<Frame> both = List.of(peer.next(), peer.next());
            packetId = both.stream()
                    .filter(frame -> frame.kind() == PacketKind.PUBLISH)
                    .findFirst()
                    .orElseThrow()
                    .publish()
                    .packetId();
            peer.send(hex("c1 00"));
            peer.expectDisconnect(0x81);
        }
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("publisher"))) {
            publisher.publishAcknowledged(topic, 1, "meanwhile");
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(connect.bytes());
            assertTrue(peer.next().connAck().sessionPresent());
            Frame.Publish again = peer.nextPublish("before");
            assertEquals(packetId, again.packetId());
            assertTrue(again.dup());
            peer.nextPublish("meanwhile");
        }
    }

    /** Bytes that are no MQTT at all, as other programs send them to a port that is open. */
    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n",
        "SSH-2.0-OpenSSH_9.6\\r\\n",
        "'\\r\\n\\r\\n'",
        "HELO example.org\\r\\n",
        "'\u0016\u0003\u0001'"
    })
    @Proves(
            v311 = {"MQTT-3.1.0-1", "MQTT-4.8.0-1", "MQTT-6.0.0-3"},
            v5 = {"MQTT-3.1.0-1", "MQTT-4.13.1-1", "MQTT-6.0.0-3"})
    void closesOnOtherProtocols(String text) {
        byte[] bytes = text.translateEscapes().getBytes(StandardCharsets.ISO_8859_1);
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(bytes);
            peer.expectClosed();
        }
    }
}
