package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which Client Identifiers are accepted, and that each stands for one session. */
@Timeout(60)
class ClientIdentifierTest {

    private static final String ALLOWED = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.3-5", v5 = "MQTT-3.1.3-5")
    void acceptsOneToTwentyThreeLettersAndDigits(Protocol version) {
        for (int length = 1; length <= 23; length++) {
            for (int from = 0; from < ALLOWED.length(); from += length) {
                String clientId = ALLOWED.substring(from, Math.min(from + length, ALLOWED.length()));
                try (Peer peer = Peer.connected(BROKER, version, clientId)) {
                    peer.disconnect();
                }
            }
        }
    }

    static Stream<Arguments> unusual() {
        return Stream.of(
                        "abcdefghijklmnopqrstuvwxyz",
                        "c".repeat(65_535),
                        "\u00e9".repeat(32_767),
                        "a/b#+$ \t\n\u007f",
                        " ",
                        "\ufeffclient",
                        "\u30af\u30e9\u30a4\u30a2\u30f3\u30c8",
                        "\ud83e\udd9c\ud83d\udd25",
                        "\u0001\u009f\ufdd0\uffff",
                        "$SYS")
                .flatMap(clientId -> Stream.of(Protocol.values()).map(version -> Arguments.of(version, clientId)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusual")
    @Proves(
            v311 = {"MQTT-3.1.3-2", "MQTT-3.1.3-4"},
            v5 = {"MQTT-3.1.3-2", "MQTT-3.1.3-4"},
            choices = "client-identifier-characters")
    void acceptsAllOtherUtf8AndFindsTheSessionByIt(Protocol version, String clientId) {
        try (Peer peer = Peer.connected(BROKER, version, clientId)) {
            peer.disconnect();
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            assertFalse(peer.handshake(new ConnectPacket(version, clientId).durable())
                    .sessionPresent());
            assertEquals(1, peer.subscribe(1, "to/an/unusual/one", 1));
            peer.disconnect();
        }
        BROKER.restart();
        try (Peer peer = Peer.open(BROKER, version)) {
            assertTrue(peer.handshake(new ConnectPacket(version, clientId).durable())
                    .sessionPresent());
            assertEquals(0, peer.publishAcknowledged("to/an/unusual/one", 1, "said"));
        }
        try (Peer peer = Peer.connected(BROKER, version, clientId)) {
            peer.disconnect();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.3-2", v5 = "MQTT-3.1.3-2")
    void tellsIdentifiersApartByteByByte(Protocol version) {
        String name = BROKER.unique("name");
        String[] all = {name, name + " ", name.toUpperCase(Locale.ROOT), name + "\u00e9", name + "e\u0301"};
        for (String clientId : all) {
            try (Peer peer = Peer.open(BROKER, version)) {
                assertFalse(
                        peer.handshake(new ConnectPacket(version, clientId).durable())
                                .sessionPresent(),
                        clientId);
                peer.disconnect();
            }
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.1.3-6", "MQTT-3.1.3-7", "MQTT-3.2.2-16"},
            choices = {"zero-length-client-id", "assigned-client-identifier"})
    void assignsAUniqueIdentifierIn5() {
        String first = assigned(new ConnectPacket(Protocol.MQTT_5, ""));
        String second = assigned(new ConnectPacket(Protocol.MQTT_5, ""));
        String third = assigned(new ConnectPacket(Protocol.MQTT_5, "").resume());
        assertTrue(first.startsWith("perdure-"), first);
        assertNotEquals(first, second);
        assertNotEquals(second, third);
    }

    private static String assigned(ConnectPacket connect) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(connect);
            assertEquals(0, connAck.reasonCode());
            assertFalse(connAck.sessionPresent());
            peer.disconnect();
            return connAck.properties().text(Property.ASSIGNED_CLIENT_ID);
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.1.3-6", "MQTT-3.1.3-7"},
            choices = "assigned-client-identifier")
    void goesOnAsIfTheClientHadGivenTheIdentifierThatItGot() {
        String clientId = assigned(
                new ConnectPacket(Protocol.MQTT_5, "").resume().properties(property32(Property.SESSION_EXPIRY, 100)));
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(new ConnectPacket(Protocol.MQTT_5, clientId).durable());
            assertTrue(connAck.sessionPresent());
            assertFalse(connAck.properties().has(Property.ASSIGNED_CLIENT_ID));
        }
    }

    @Test
    @Proves(v311 = "MQTT-3.1.3-6", choices = "zero-length-client-id")
    void givesClientsWithoutIdentifierSessionsOfTheirOwnIn311() {
        try (Peer first = Peer.connected(BROKER, Protocol.MQTT_3_1_1, "");
                Peer second = Peer.connected(BROKER, Protocol.MQTT_3_1_1, "")) {
            first.subscribe(1, "to/nobody/in/particular", 1);
            second.subscribe(1, "to/nobody/in/particular", 1);
            second.publish(0, "to/nobody/in/particular", 0, "said");
            first.nextPublish("said");
            second.nextPublish("said");
        }
    }

    @Test
    @Proves(
            v311 = {"MQTT-3.1.3-7", "MQTT-3.1.3-8", "MQTT-3.1.3-9", "MQTT-3.2.2-4", "MQTT-3.2.2-5"},
            choices = "zero-length-client-id")
    void refusesToKeepASessionForNobodyIn311() {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_3_1_1)) {
            peer.send(new ConnectPacket(Protocol.MQTT_3_1_1, "").resume().bytes());
            peer.expectRefusal(0x02);
        }
    }
}
