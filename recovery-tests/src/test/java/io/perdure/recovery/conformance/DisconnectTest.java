package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a connection, said by the client or by the broker. */
@Timeout(60)
class DisconnectTest {

    /** What a client may say [3.14.2.1]. */
    private static final Set<Integer> OF_CLIENTS =
            Set.of(0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99);

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static ConnectPacket withWill(Protocol version, Watcher watcher) {
        return new ConnectPacket(version, BROKER.unique("leaving")).will(watcher.topic("will"), "will", 1, false);
    }

    /** After these bytes the broker has to refuse them, and to publish the Will: it was no DISCONNECT. */
    private static void assertRefused(Protocol version, int reasonCode, byte[] disconnect) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.connected(BROKER, version, withWill(version, watcher))) {
            peer.send(disconnect);
            peer.expectDisconnect(reasonCode);
            watcher.expect("will", "will");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.14.1-1", v5 = "MQTT-3.14.1-1")
    void isRefusedWithReservedBits(Protocol version) {
        for (int bits = 1; bits <= 0xF; bits++) {
            assertRefused(version, 0x81, join(u8(0xE0 | bits), u8(0)));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-3.14.4-3"},
            v5 = {"MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-3.14.4-3"})
    void endsTheConnectionAndNothingBehindItIsProcessed(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.connected(BROKER, version, withWill(version, watcher))) {
            byte[] publish = peer.publishPacket(0x02, watcher.topic("after"), 1, "after DISCONNECT");
            peer.send(hex("e0 00"), publish, hex("c0 00"), hex("ff ff ff"));
            peer.expectClosed();
            watcher.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.14.4-3", v5 = "MQTT-3.14.4-3")
    void comesAfterWhatWasSentBeforeIt(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.connected(BROKER, version, withWill(version, watcher))) {
            byte[] first = peer.publishPacket(0x02, watcher.topic("before"), 1, "first");
            byte[] second = peer.publishPacket(0x00, watcher.topic("before"), 0, "second");
            peer.send(first, second, hex("e0 00"));
            watcher.expect("before", "first");
            watcher.expect("before", "second");
            watcher.expectNothing();
        }
    }

    @Test
    @Proves(v311 = "MQTT-3.14.1-1")
    void hasNothingButAFixedHeaderIn311() {
        for (String bytes : List.of("e0 01 00", "e0 02 00 00")) {
            assertRefused(Protocol.MQTT_3_1_1, 0x81, hex(bytes));
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.14.2-1", "MQTT-4.13.1-1"})
    void isRefusedWithAReasonCodeThatIsNotForClients() {
        List<Integer> others = IntStream.range(0, 0x100)
                .filter(code -> !OF_CLIENTS.contains(code))
                .boxed()
                .toList();
        for (int reasonCode : others) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("leaving"))) {
                peer.send(hex("e0 01"), u8(reasonCode));
                peer.expectDisconnect(0x81);
            }
        }
        assertRefused(Protocol.MQTT_5, 0x81, hex("e0 01 8e"));
    }

    @Test
    @Proves(v5 = {"MQTT-3.14.2-1", "MQTT-3.14.4-2"})
    void isAcceptedWithAnyReasonCodeThatIsForClients() {
        for (int reasonCode : OF_CLIENTS) {
            for (byte[] rest : List.of(new byte[0], u8(0))) {
                try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("leaving"))) {
                    peer.send(packet(0xE0, u8(reasonCode), rest));
                    peer.expectClosed();
                }
            }
        }
    }

    @Test
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-4.13.2-1"})
    void isRefusedWithPropertiesThatAreNotForClients() {
        byte[] reason = propertyText(Property.REASON_STRING, "r");
        assertRefused(Protocol.MQTT_5, 0x82, disconnect(propertyText(Property.SERVER_REFERENCE, "elsewhere")));
        assertRefused(Protocol.MQTT_5, 0x82, disconnect(join(reason, reason)));
        byte[] expiry = property32(Property.SESSION_EXPIRY, 0);
        assertRefused(Protocol.MQTT_5, 0x82, disconnect(join(expiry, expiry)));
        assertRefused(Protocol.MQTT_5, 0x81, disconnect(property16(Property.TOPIC_ALIAS, 1)));
        assertRefused(Protocol.MQTT_5, 0x81, disconnect(hex("1f 00 05 61")));
        assertRefused(Protocol.MQTT_5, 0x81, hex("e0 03 00 00 00"));
        assertRefused(Protocol.MQTT_5, 0x81, hex("e0 02 00 05"));
    }

    @Test
    @Proves(v5 = "MQTT-3.14.4-3")
    void isAcceptedWithAllPropertiesThatAreForClients() {
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5);
                Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, withWill(Protocol.MQTT_5, watcher))) {
            peer.send(disconnect(join(
                    property32(Property.SESSION_EXPIRY, 0),
                    propertyText(Property.REASON_STRING, "because"),
                    userProperty("name", "value"),
                    userProperty("name", "value"))));
            peer.expectClosed();
            watcher.expectNothing();
        }
    }

    private static byte[] disconnect(byte[] properties) {
        return packet(0xE0, u8(0), properties(properties));
    }

    /** What a client did wrong, and the Reason Code that says so. */
    static Stream<Map.Entry<Integer, String>> mistakes() {
        return Stream.of(
                Map.entry(0x81, "36 03 00 01 74"), // QoS 3
                Map.entry(0x81, "c1 00"),
                Map.entry(0x81, "30 ff ff ff ff 7f"),
                Map.entry(0x82, "20 03 00 00 00"), // a packet of a server
                Map.entry(0x82, "f0 00"),
                Map.entry(0x90, "30 04 00 01 23 00"),
                Map.entry(0x94, "30 07 00 01 74 03 23 ff ff"),
                Map.entry(0x95, "30 ff ff ff 7f"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    @Proves(
            v5 = {"MQTT-3.14.2-1", "MQTT-3.14.2-2", "MQTT-3.14.4-1", "MQTT-3.14.4-2", "MQTT-4.13.1-1", "MQTT-4.13.2-1"},
            choices = "reason-strings")
    void isTheLastThatTheBrokerSaysAndSaysWhy(Map.Entry<Integer, String> mistake) {
        String topic = BROKER.unique("topic");
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("publisher"));
                Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("wrong"))) {
            peer.subscribe(1, topic, 1);
            peer.send(hex(mistake.getValue()), hex("c0 00"));
            publisher.publishAcknowledged(topic, 1, "perhaps");
            Frame frame = peer.next();
            if (frame.kind() == PacketKind.PUBLISH) {
                frame = peer.next();
            }
            Frame.Disconnect disconnect = frame.disconnect();
            assertEquals(mistake.getKey(), disconnect.reasonCode());
            assertEquals(
                    Set.of(Property.REASON_STRING),
                    disconnect.properties().values().keySet());
            assertTrue(disconnect.properties().text(Property.REASON_STRING).length() > 3);
            peer.expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 30})
    @Proves(v5 = {"MQTT-3.14.2-3", "MQTT-3.14.2-4", "MQTT-3.1.2-24"})
    void hasNoReasonStringThatMakesItTooLarge(int maximumPacketSize) {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("small"))
                .properties(property32(Property.MAXIMUM_PACKET_SIZE, maximumPacketSize));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            peer.send(hex("30 ff ff ff 7f")); // 57 bytes of explanation
            Frame frame = peer.next(PacketKind.DISCONNECT);
            assertTrue(frame.sizeBytes() <= maximumPacketSize);
            assertEquals(0x95, frame.disconnect().reasonCode());
            assertEquals(Map.of(), frame.disconnect().properties().values());
            peer.expectClosed();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-3.14.0-1")
    void isNeverSentBeforeTheConnackThatAccepts(Protocol version) {
        List<byte[]> tooSoon = Stream.of("e0 00", "c0 00", "10 02 00 00", "10 00", "00 00", "f0 00", "10 ff ff ff ff")
                .map(Bytes::hex)
                .collect(Collectors.toList());
        tooSoon.add(new byte[0]);
        tooSoon.add(hex("10 20 00 04"));
        for (byte[] bytes : tooSoon) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(bytes);
                BROKER.settle();
                BROKER.advance(Duration.ofSeconds(11));
                peer.expectClosed();
            }
        }
    }
}
