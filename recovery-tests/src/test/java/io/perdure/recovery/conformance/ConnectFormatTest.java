package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A CONNECT has the form that section 3.1 describes, or it is refused: in 5.0 with a CONNACK that says why, in 3.1.1, which
 * has no return code for it, without one.
 */
@Timeout(60)
class ConnectFormatTest {

    private static final byte[] NOTHING = {};
    private static final byte[] MALFORMED_TEXT = binary((byte) 'a', (byte) 0xC3, (byte) 0x28);

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static byte[] connect(Protocol version, int flags, byte[] properties, byte[]... payload) {
        return packet(
                0x10,
                text("MQTT"),
                u8(version.level),
                u8(flags),
                u16(0),
                Peer.properties(version, properties),
                join(payload));
    }

    /** The properties of a Will, none of them. */
    private static byte[] noWillProperties(Protocol version) {
        return Peer.properties(version);
    }

    private static void assertRefused(Protocol version, int reasonCode, byte[] connect) {
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(connect);
            if (version == Protocol.MQTT_5) {
                peer.expectRefusal(reasonCode);
            } else {
                peer.expectClosed();
            }
        }
    }

    private static void assertAccepted(Protocol version, byte[] connect) {
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(connect);
            assertEquals(0, peer.next(PacketKind.CONNACK).connAck().reasonCode());
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 128, 131})
    @Proves(
            v311 = {"MQTT-3.1.2-2", "MQTT-3.2.2-5"},
            v5 = "MQTT-3.1.2-2",
            choices = "unsupported-protocol-level")
    void answersAnOlderProtocolLevelInTheFormOf311(int level) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_3_1_1)) {
            peer.send(packet(0x10, text("MQTT"), u8(level), u8(2), u16(0), text("older")));
            peer.expectRefusal(0x01);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {6, 7, 127, 133, 255})
    @Proves(
            v5 = {"MQTT-3.1.2-2", "MQTT-3.2.2-7"},
            choices = "unsupported-protocol-level")
    void answersANewerProtocolLevelInTheFormOf5(int level) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(packet(0x10, text("MQTT"), u8(level), u8(2), u16(0), u8(0), text("newer")));
            peer.expectRefusal(0x84);
        }
    }

    static Stream<byte[]> otherNames() {
        return Stream.of(
                text("MQTt"), text("mqtt"), text("MQT"), text("MQTTX"), text(""), text("XXXX"), MALFORMED_TEXT);
    }

    @ParameterizedTest
    @MethodSource("otherNames")
    @Proves(v311 = "MQTT-3.1.2-1", v5 = "MQTT-3.1.2-1", choices = "unknown-protocol-name")
    void refusesAnotherProtocolName(byte[] name) {
        try (Peer older = Peer.open(BROKER, Protocol.MQTT_3_1_1);
                Peer newer = Peer.open(BROKER, Protocol.MQTT_5)) {
            older.send(packet(0x10, name, u8(4), u8(2), u16(0), text("stranger")));
            older.expectClosed();
            newer.send(packet(0x10, name, u8(5), u8(2), u16(0), u8(0), text("stranger")));
            newer.expectRefusal(0x84);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-3", "MQTT-3.1.4-1", "MQTT-3.2.2-6"},
            v5 = {"MQTT-3.1.2-3", "MQTT-3.1.4-1"},
            choices = "malformed-connect")
    void refusesTheReservedFlag(Protocol version) {
        assertRefused(version, 0x81, connect(version, 0x03, NOTHING, text("reserved")));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-11", "MQTT-3.1.2-13", "MQTT-3.1.2-14", "MQTT-3.1.2-15"},
            v5 = {"MQTT-3.1.2-11", "MQTT-3.1.2-12", "MQTT-3.1.2-13"})
    void refusesWillFlagsThatDoNotGoTogether(Protocol version) {
        String clientId = BROKER.unique("flags");
        byte[] will = join(noWillProperties(version), text("will"), text("said"));
        for (int flags : new int[] {0x08, 0x10, 0x18, 0x20, 0x28, 0x30, 0x38}) {
            assertRefused(version, 0x81, connect(version, 0x02 | flags, NOTHING, text(clientId)));
            assertRefused(version, 0x81, connect(version, 0x02 | flags, NOTHING, text(clientId), will));
        }
        assertRefused(version, 0x81, connect(version, 0x1E, NOTHING, text(clientId), will));
        assertRefused(version, 0x81, connect(version, 0x3E, NOTHING, text(clientId), will));
        for (int flags : new int[] {0x06, 0x0E, 0x16, 0x26, 0x2E, 0x36}) {
            assertAccepted(version, connect(version, flags, NOTHING, text(clientId), will));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-9", "MQTT-3.1.2-11", "MQTT-3.1.3-1"},
            v5 = {"MQTT-3.1.2-9", "MQTT-3.1.3-1"})
    void refusesAWillThatIsNotThereOrNotAnnounced(Protocol version) {
        byte[] clientId = text(BROKER.unique("will"));
        byte[] none = noWillProperties(version);
        assertRefused(version, 0x81, connect(version, 0x06, NOTHING, clientId));
        assertRefused(version, 0x81, connect(version, 0x06, NOTHING, clientId, none));
        assertRefused(version, 0x81, connect(version, 0x06, NOTHING, clientId, none, text("will")));
        assertRefused(version, 0x81, connect(version, 0x06, NOTHING, clientId, none, text("will"), hex("00 02 61")));
        assertRefused(version, 0x81, connect(version, 0x02, NOTHING, clientId, none, text("will"), text("said")));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-18", "MQTT-3.1.2-19", "MQTT-3.1.2-20", "MQTT-3.1.2-21"},
            v5 = {"MQTT-3.1.2-16", "MQTT-3.1.2-17", "MQTT-3.1.2-18", "MQTT-3.1.2-19"},
            choices = "user-name-and-password")
    void refusesCredentialsThatAreNotThereOrNotAnnounced(Protocol version) {
        byte[] clientId = text(BROKER.unique("credentials"));
        byte[] name = text("name");
        byte[] password = binary(new byte[] {0, (byte) 0xFF});
        assertRefused(version, 0x81, connect(version, 0x02, NOTHING, clientId, name));
        assertRefused(version, 0x81, connect(version, 0x02, NOTHING, clientId, name, password));
        assertRefused(version, 0x81, connect(version, 0x82, NOTHING, clientId));
        assertRefused(version, 0x81, connect(version, 0x82, NOTHING, clientId, name, password));
        assertRefused(version, 0x81, connect(version, 0xC2, NOTHING, clientId, name));
        assertRefused(version, 0x81, connect(version, 0xC2, NOTHING, clientId, name, password, u8(0)));
        assertAccepted(version, connect(version, 0x82, NOTHING, clientId, name));
        assertAccepted(version, connect(version, 0x82, NOTHING, clientId, text("")));
        assertAccepted(version, connect(version, 0xC2, NOTHING, clientId, name, password));
        assertAccepted(version, connect(version, 0xC2, NOTHING, clientId, text(""), binary()));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-22", choices = "user-name-and-password")
    void takesAPasswordWithoutAUserNameIn5Only(Protocol version) {
        byte[] connect = connect(version, 0x42, NOTHING, text(BROKER.unique("nameless")), text("password"));
        if (version == Protocol.MQTT_5) {
            assertAccepted(version, connect);
        } else {
            assertRefused(version, 0x81, connect);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.3-3", "MQTT-3.1.4-1"},
            v5 = {"MQTT-3.1.3-3", "MQTT-3.1.4-1"})
    void refusesAConnectThatIsCutOffOrTooLong(Protocol version) {
        byte[] whole = connect(version, 0xEE, NOTHING, text("c"), noWillProperties(version), text("w"), text("p"));
        byte[] body = join(Arrays.copyOfRange(whole, 2, whole.length), text("user"), text("password"));
        int nameAndLevel = 7;
        for (int length = nameAndLevel; length < body.length; length++) {
            assertRefused(version, 0x81, packet(0x10, Arrays.copyOf(body, length)));
        }
        assertRefused(version, 0x81, packet(0x10, body, u8(0)));
        assertAccepted(version, packet(0x10, body));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.4-1", v5 = "MQTT-3.1.4-1")
    void closesWithoutAWordIfTheVersionCanNotBeRead(Protocol version) {
        byte[] start = join(text("MQTT"), u8(version.level));
        for (int length = 0; length < start.length; length++) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(packet(0x10, Arrays.copyOf(start, length)));
                peer.expectClosed();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.3-4", "MQTT-3.1.3-10", "MQTT-3.1.3-11"},
            v5 = {"MQTT-3.1.3-4", "MQTT-3.1.3-8", "MQTT-3.1.3-11", "MQTT-3.1.3-12"})
    void refusesStringsThatAreNotUtf8(Protocol version) {
        byte[] clientId = text(BROKER.unique("strings"));
        byte[] none = noWillProperties(version);
        for (String bad : new String[] {"ed a0 80", "ed bf bf", "c0 80", "00", "ff", "c3", "f4 90 80 80", "e0 80 af"}) {
            byte[] text = binary(hex(bad));
            assertRefused(version, 0x81, connect(version, 0x02, NOTHING, text));
            assertRefused(version, 0x81, connect(version, 0x06, NOTHING, clientId, none, text, text("said")));
            assertRefused(version, 0x81, connect(version, 0x82, NOTHING, clientId, text));
        }
        byte[] asWillPayload = binary(hex("ff c0 80 00"));
        assertAccepted(version, connect(version, 0x06, NOTHING, clientId, none, text("will"), asWillPayload));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v5 = {"MQTT-3.1.4-1", "MQTT-4.13.1-1"},
            choices = "invalid-topic-name")
    void refusesAWillTopicThatIsNone(Protocol version) {
        byte[] clientId = text(BROKER.unique("topics"));
        byte[] none = noWillProperties(version);
        for (String topic : new String[] {"", "#", "a/#", "+", "a/+/b", "a+"}) {
            assertRefused(version, 0x90, connect(version, 0x06, NOTHING, clientId, none, text(topic), text("said")));
        }
    }

    static Stream<byte[]> protocolErrors() {
        byte[] method = propertyText(Property.AUTHENTICATION_METHOD, "m");
        byte[] data = join(u8(Property.AUTHENTICATION_DATA), binary((byte) 1));
        return Stream.of(
                twice(property32(Property.SESSION_EXPIRY, 1)),
                twice(property16(Property.RECEIVE_MAXIMUM, 1)),
                twice(property32(Property.MAXIMUM_PACKET_SIZE, 1000)),
                twice(property16(Property.TOPIC_ALIAS_MAXIMUM, 1)),
                twice(property8(Property.REQUEST_RESPONSE_INFORMATION, 1)),
                twice(property8(Property.REQUEST_PROBLEM_INFORMATION, 1)),
                twice(method),
                join(method, twice(data)),
                data,
                property16(Property.RECEIVE_MAXIMUM, 0),
                property32(Property.MAXIMUM_PACKET_SIZE, 0),
                property8(Property.REQUEST_RESPONSE_INFORMATION, 2),
                property8(Property.REQUEST_PROBLEM_INFORMATION, 2));
    }

    private static byte[] twice(byte[] property) {
        return join(property, property);
    }

    @ParameterizedTest
    @MethodSource("protocolErrors")
    @Proves(
            v5 = {"MQTT-3.1.4-1", "MQTT-4.13.1-1", "MQTT-3.2.2-8"},
            choices = "malformed-connect")
    void refusesPropertiesThatMakeNoSense(byte[] properties) {
        assertRefused(Protocol.MQTT_5, 0x82, connect(Protocol.MQTT_5, 0x02, properties, text("senseless")));
    }

    static Stream<byte[]> malformedProperties() {
        return Stream.of(
                property16(Property.TOPIC_ALIAS, 1), // of another packet
                property32(Property.WILL_DELAY, 1),
                propertyText(Property.REASON_STRING, "r"),
                propertyText(Property.ASSIGNED_CLIENT_ID, "a"),
                property8(Property.MAXIMUM_QOS, 1),
                hex("00 00"), // of none
                hex("7f 00"),
                hex("11 00 00 00"), // cut off
                hex("26 00 01 61"),
                hex("91 00 00 00 00 01"), // an identifier of more bytes than it takes
                join(u8(Property.USER), MALFORMED_TEXT, text("v")),
                join(u8(Property.USER), text("n"), MALFORMED_TEXT),
                join(u8(Property.AUTHENTICATION_METHOD), MALFORMED_TEXT));
    }

    @ParameterizedTest
    @MethodSource("malformedProperties")
    @Proves(
            v5 = {"MQTT-3.1.4-1", "MQTT-4.13.1-1"},
            choices = "malformed-connect")
    void refusesPropertiesThatAreMalformed(byte[] properties) {
        assertRefused(Protocol.MQTT_5, 0x81, connect(Protocol.MQTT_5, 0x02, properties, text("malformed")));
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.4-1", "MQTT-4.13.1-1"})
    void refusesWillPropertiesThatAreWrong() {
        assertWillRefused(0x82, twice(property32(Property.WILL_DELAY, 1)));
        assertWillRefused(0x82, twice(property32(Property.MESSAGE_EXPIRY, 1)));
        assertWillRefused(0x82, twice(propertyText(Property.CONTENT_TYPE, "t")));
        assertWillRefused(0x82, twice(propertyText(Property.RESPONSE_TOPIC, "t")));
        assertWillRefused(0x82, twice(property8(Property.PAYLOAD_FORMAT, 1)));
        assertWillRefused(0x82, property8(Property.PAYLOAD_FORMAT, 2));
        assertWillRefused(0x82, propertyText(Property.RESPONSE_TOPIC, "a/#"));
        assertWillRefused(0x81, property16(Property.TOPIC_ALIAS, 1));
        assertWillRefused(0x81, property8(Property.SUBSCRIPTION_ID, 1));
        assertWillRefused(0x81, property32(Property.SESSION_EXPIRY, 1));
        assertWillRefused(0x81, join(u8(Property.CONTENT_TYPE), MALFORMED_TEXT));
        assertWillRefused(0x81, join(u8(Property.USER), MALFORMED_TEXT, text("v")));
    }

    private static void assertWillRefused(int reasonCode, byte[] willProperties) {
        byte[] will = join(Bytes.properties(willProperties), text("will"), text("said"));
        assertRefused(Protocol.MQTT_5, reasonCode, connect(Protocol.MQTT_5, 0x06, NOTHING, text("willing"), will));
    }

    @Test
    @Proves(v5 = "MQTT-3.1.4-5")
    void takesAllPropertiesThatAConnectMayHave() {
        byte[] properties = join(
                property32(Property.SESSION_EXPIRY, 0),
                property16(Property.RECEIVE_MAXIMUM, 1),
                property32(Property.MAXIMUM_PACKET_SIZE, 100),
                property16(Property.TOPIC_ALIAS_MAXIMUM, 0),
                property8(Property.REQUEST_RESPONSE_INFORMATION, 1),
                property8(Property.REQUEST_PROBLEM_INFORMATION, 0),
                userProperty("name", "value"),
                userProperty("name", "value"));
        assertAccepted(Protocol.MQTT_5, connect(Protocol.MQTT_5, 0x02, properties, text("manyproperties")));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.3-1", "MQTT-3.1.3-2"},
            v5 = {"MQTT-3.1.3-1", "MQTT-3.1.3-2"},
            choices = "user-name-and-password")
    void findsEachFieldOfThePayloadInItsPlace(Protocol version) {
        String clientId = BROKER.unique("ordered");
        try (Watcher watcher = new Watcher(BROKER, version)) {
            ConnectPacket connect = new ConnectPacket(version, clientId)
                    .durable()
                    .will(watcher.topic("will"), "of the will", 1, false)
                    .userName("user")
                    .password("password");
            try (Peer peer = Peer.connected(BROKER, version, connect)) {
                peer.drop();
            }
            watcher.expect("will", "of the will");
            try (Peer peer = Peer.open(BROKER, version)) {
                assertTrue(peer.handshake(connect).sessionPresent());
            }
        }
    }
}
