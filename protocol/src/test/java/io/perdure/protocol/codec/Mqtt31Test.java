package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What MQTT 3.1 has otherwise than 3.1.1, byte by byte; what it forbids is with that of the other versions. */
class Mqtt31Test {

    private static final String MQISDP = "00 06 4D 51 49 73 64 70 ";
    private static final String MQTT = "00 04 4D 51 54 54 ";

    /** @param body what follows the fixed header */
    private static Connect connect(String firstByte, String body) {
        byte[] bytes = Packets.hex(body);
        ByteBuf in = Unpooled.buffer()
                .writeBytes(Packets.hex(firstByte))
                .writeByte(bytes.length)
                .writeBytes(bytes);
        Decoder decoder = new Decoder(Sender.CLIENT, new DecodeScratch(), 1000);
        Connect connect = assertInstanceOf(Connect.class, decoder.decode(in));
        assertEquals(connect.version(), decoder.version());
        return connect;
    }

    private static Connect connect(String body) {
        return connect("10", MQISDP + body);
    }

    private static Packet fromClient(String hex) {
        Packet packet =
                Packets.decoder(Sender.CLIENT, MqttVersion.V3_1).decode(Unpooled.wrappedBuffer(Packets.hex(hex)));
        assertNotNull(packet);
        return packet;
    }

    private static void assertBytes(String hex, Packet packet) {
        assertEquals(hex.replace(" ", ""), ByteBufUtil.hexDump(Packets.encode(packet, MqttVersion.V3_1)));
    }

    @Test
    void connectHasTheNameMqisdpAndLevel3() {
        Connect connect = connect("03 02 00 3C 00 01 61");
        assertEquals(MqttVersion.V3_1, connect.version());
        assertEquals("a", connect.clientId());
        assertTrue(connect.cleanStart());
        assertFalse(connect.bridge());
        assertEquals(60, connect.keepAliveS());
        assertBytes("10 0f 00 06 4d 51 49 73 64 70 03 02 00 3c 00 01 61", connect);
    }

    @Test
    void connectTakesAWillAndCredentials() {
        Connect connect = connect("03 EC 00 00 00 01 63 00 01 77 00 00 00 01 75 00 02 70 C3");
        Will will = connect.will();
        assertNotNull(will);
        assertEquals("w", will.topic().toString());
        assertEquals(0, will.payload().length);
        assertEquals(1, will.qos());
        assertTrue(will.retain());
        assertEquals("u", connect.userName());
        assertArrayEquals(Packets.hex("70 C3"), connect.password());
        assertFalse(connect.cleanStart());
    }

    @Test
    void aLongClientIdentifierAndAnEmptyOneAreNotTheCodecsBusiness() {
        String longId = "x".repeat(100);
        Connect connect =
                connect("03 00 00 00 00 64 " + ByteBufUtil.hexDump(longId.getBytes(StandardCharsets.US_ASCII)));
        assertEquals(longId, connect.clientId());
        assertEquals("", connect("03 02 00 00 00 00").clientId());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            no fields         | 03 C2 00 00 00 01 63                      | - | -
            User Name only    | 03 C2 00 00 00 01 63 00 01 75             | u | -
            both              | 03 C2 00 00 00 01 63 00 01 75 00 01 70    | u | 70
            no User Name      | 03 82 00 00 00 01 63                      | - | -
            empty User Name   | 03 82 00 00 00 01 63 00 00                | '' | -
            """)
    void theRemainingLengthTakesPrecedenceOverTheFlagsOfUserNameAndPassword(
            String what, String body, String userName, String password) {
        Connect connect = connect(body);
        assertEquals(userName, connect.userName(), what);
        byte[] got = connect.password();
        assertEquals(password, got == null ? null : ByteBufUtil.hexDump(got), what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0A", "1A", "22", "3A"})
    void whatTheFlagsSayOfAWillIsDisregardedWithoutAWill(String flags) {
        assertNull(connect("03 " + flags + " 00 00 00 01 63").will());
    }

    @Test
    void bit0OfTheConnectFlagsIsNotUsed() {
        assertTrue(connect("03 03 00 00 00 01 63").cleanStart());
    }

    @ParameterizedTest
    @ValueSource(strings = {"11", "12", "18", "1F"})
    void theFlagsOfTheFixedHeaderOfConnectAreNotUsed(String firstByte) {
        assertEquals("c", connect(firstByte, MQISDP + "03 02 00 00 00 01 63").clientId());
    }

    @Test
    void theHighestBitOfTheLevelMarksABridge() {
        Connect v31 = connect("83 02 00 00 00 01 63");
        assertEquals(MqttVersion.V3_1, v31.version());
        assertTrue(v31.bridge());
        assertBytes("10 0f 00 06 4d 51 49 73 64 70 83 02 00 00 00 01 63", v31);
        Connect v311 = connect("10", MQTT + "84 02 00 00 00 01 63");
        assertEquals(MqttVersion.V3_1_1, v311.version());
        assertTrue(v311.bridge());
    }

    @Test
    void dupMayBeSetOnWhatIsSentAgain() {
        assertEquals(
                7, assertInstanceOf(PubRel.class, fromClient("6A 02 00 07")).packetId());
        assertEquals(PacketType.SUBSCRIBE, fromClient("8A 06 00 01 00 01 61 00").type());
        assertEquals(PacketType.UNSUBSCRIBE, fromClient("AA 05 00 01 00 01 61").type());
    }

    @ParameterizedTest
    @CsvSource({
        "4F 02 00 01, PUBACK",
        "51 02 00 01, PUBREC",
        "63 02 00 01, PUBREL",
        "78 02 00 01, PUBCOMP",
        "83 06 00 01 00 01 61 00, SUBSCRIBE",
        "A3 05 00 01 00 01 61, UNSUBSCRIBE",
        "C8 00, PINGREQ",
        "E1 00, DISCONNECT"
    })
    void flagsThatAreNotUsedAreNotLookedAt(String hex, PacketType type) {
        assertEquals(type, fromClient(hex).type());
    }

    @Test
    void dupAtQos0SaysNothing() {
        Publish publish = assertInstanceOf(Publish.class, fromClient("38 03 00 01 61"));
        assertFalse(publish.dup());
        assertEquals(0, publish.qos());
        assertTrue(assertInstanceOf(Publish.class, fromClient("3A 05 00 01 61 00 01"))
                .dup());
    }

    @Test
    void theUpperBitsOfARequestedQosAreNotUsed() {
        Subscribe subscribe = assertInstanceOf(Subscribe.class, fromClient("82 0A 00 01 00 01 61 FE 00 01 62 81"));
        assertEquals(List.of(SubscriptionRequest.of("a", 2), SubscriptionRequest.of("b", 1)), subscribe.requests());
    }

    @Test
    void connAckHasNoSessionPresent() {
        assertBytes("20 02 00 00", ConnAck.accepted(true).build());
        assertBytes("20 02 00 00", ConnAck.accepted(false).build());
    }

    @ParameterizedTest
    @CsvSource({
        "UNSUPPORTED_PROTOCOL_VERSION, 1",
        "CLIENT_IDENTIFIER_NOT_VALID, 2",
        "SERVER_UNAVAILABLE, 3",
        "BAD_USER_NAME_OR_PASSWORD, 4",
        "NOT_AUTHORIZED, 5"
    })
    void connAckHasReturnCodes(ReasonCode reasonCode, int returnCode) {
        assertBytes("20 02 00 0" + returnCode, ConnAck.refused(reasonCode, "why"));
    }

    @Test
    void subAckGrantsAndCannotRefuse() {
        assertBytes(
                "90 05 00 09 00 01 02",
                SubAck.of(9, List.of(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_1, ReasonCode.GRANTED_QOS_2)));
        ByteBuf out = Unpooled.buffer();
        SubAck refused = SubAck.of(9, List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED));
        assertFalse(Encoder.encode(refused, MqttVersion.V3_1, out, Packet.LARGEST_BYTES));
        assertFalse(
                Encoder.encode(PubAck.of(1, ReasonCode.QUOTA_EXCEEDED), MqttVersion.V3_1, out, Packet.LARGEST_BYTES));
        assertEquals(0, out.readableBytes());
    }

    @Test
    void propertiesOfAMessageOfALaterVersionAreLeftOut() {
        Publish publish = new Publish(
                false, 1, true, TopicName.of("t"), 5, 60, 0, new int[] {3}, Packets.hex("01 01"), new byte[] {9});
        assertBytes("33 06 00 01 74 00 05 09", publish);
        assertBytes("b0 02 00 04", UnsubAck.of(4, List.of(ReasonCode.NO_SUBSCRIPTION_EXISTED)));
    }
}
