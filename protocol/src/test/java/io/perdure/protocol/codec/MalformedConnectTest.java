package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Packet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CONNECT packets that the specification forbids: the Reason Code for each, and in which version to answer. */
class MalformedConnectTest {

    private static final String MQISDP = "00 06 4D 51 49 73 64 70 ";
    private static final String MQTT = "00 04 4D 51 54 54 ";

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            wrong protocol name           | 00 04 4D 51 54 58 04 02 00 00 00 00 | UNSUPPORTED_PROTOCOL_VERSION | -
            wrong protocol name, 5.0      | 00 04 4D 51 54 58 05 02 00 00 00 00 00 | UNSUPPORTED_PROTOCOL_VERSION | V5
            wrong protocol name, no level | 00 04 4D 51 54 58                   | UNSUPPORTED_PROTOCOL_VERSION | -
            empty protocol name           | 00 00 04 02 00 00 00 00             | UNSUPPORTED_PROTOCOL_VERSION | -
            name of 3.1 in other letters  | 00 06 4D 51 49 53 44 50 03 02 00 00 00 01 61 | UNSUPPORTED_PROTOCOL_VERSION | -
            name of 3.1 with level 2      | MQIsdp 02 02 00 00 00 01 61         | UNSUPPORTED_PROTOCOL_VERSION | V3_1_1
            name of 3.1 with level 4      | MQIsdp 04 02 00 00 00 01 61         | UNSUPPORTED_PROTOCOL_VERSION | V3_1_1
            name of 3.1 with level 5      | MQIsdp 05 02 00 00 00 00 01 61      | UNSUPPORTED_PROTOCOL_VERSION | V3_1_1
            name of 3.1, bridge, level 4  | MQIsdp 84 02 00 00 00 01 61         | UNSUPPORTED_PROTOCOL_VERSION | V3_1_1
            level 3                       | MQTT 03 02 00 00 00 00              | UNSUPPORTED_PROTOCOL_VERSION | V3_1_1
            level 3, bridge               | MQTT 83 02 00 00 00 00              | UNSUPPORTED_PROTOCOL_VERSION | V3_1_1
            level 6                       | MQTT 06 02 00 00 00 00              | UNSUPPORTED_PROTOCOL_VERSION | V5
            level 5, bridge               | MQTT 85 02 00 00 00 00 00           | UNSUPPORTED_PROTOCOL_VERSION | V5
            reserved flag                 | MQTT 04 03 00 00 00 00              | MALFORMED_PACKET | V3_1_1
            reserved flag                 | MQTT 05 03 00 00 00 00 00           | MALFORMED_PACKET | V5
            Will QoS 3                    | MQTT 04 1E 00 00 00 00 00 01 61 00 00 | MALFORMED_PACKET | V3_1_1
            Will QoS without a Will       | MQTT 04 0A 00 00 00 00              | MALFORMED_PACKET | V3_1_1
            Will Retain without a Will    | MQTT 05 22 00 00 00 00 00           | MALFORMED_PACKET | V5
            Password without a User Name  | MQTT 04 42 00 00 00 00 00 00        | MALFORMED_PACKET | V3_1_1
            Will QoS 3                    | MQIsdp 03 1E 00 00 00 01 63 00 01 61 00 00 | MALFORMED_PACKET | V3_1
            Password without a User Name  | MQIsdp 03 42 00 00 00 01 63 00 01 70 | MALFORMED_PACKET | V3_1
            User Name that is cut off     | MQIsdp 03 82 00 00 00 01 63 00      | MALFORMED_PACKET | V3_1
            User Name without its flag    | MQIsdp 03 02 00 00 00 01 63 00 01 75 | MALFORMED_PACKET | V3_1
            malformed Client Identifier   | MQIsdp 03 02 00 00 00 01 FF         | MALFORMED_PACKET | V3_1
            U+0000 as writeUTF has it     | MQIsdp 03 02 00 00 00 02 C0 80      | MALFORMED_PACKET | V3_1
            no Client Identifier          | MQIsdp 03 02 00 00                  | MALFORMED_PACKET | V3_1
            no Client Identifier          | MQTT 04 02 00 00                    | MALFORMED_PACKET | V3_1_1
            no Keep Alive                 | MQTT 04 02 00                       | MALFORMED_PACKET | V3_1_1
            no flags                      | MQTT 04                             | MALFORMED_PACKET | V3_1_1
            no level                      | MQTT                                | MALFORMED_PACKET | -
            no User Name                  | MQTT 04 82 00 00 00 00              | MALFORMED_PACKET | V3_1_1
            bytes after the payload       | MQTT 04 02 00 00 00 00 00           | MALFORMED_PACKET | V3_1_1
            malformed Client Identifier   | MQTT 04 02 00 00 00 01 FF           | MALFORMED_PACKET | V3_1_1
            U+0000 in Client Identifier   | MQTT 04 02 00 00 00 01 00           | MALFORMED_PACKET | V3_1_1
            malformed User Name           | MQTT 04 82 00 00 00 00 00 01 C0     | MALFORMED_PACKET | V3_1_1
            empty Will Topic              | MQTT 04 06 00 00 00 00 00 00 00 00  | TOPIC_NAME_INVALID | V3_1_1
            wildcard in the Will Topic    | MQTT 05 06 00 00 00 00 00 00 00 01 23 00 00 | TOPIC_NAME_INVALID | V5
            no Property Length            | MQTT 05 02 00 00                    | MALFORMED_PACKET | V5
            Receive Maximum 0             | MQTT 05 02 00 00 03 21 00 00 00 00  | PROTOCOL_ERROR | V5
            Maximum Packet Size 0         | MQTT 05 02 00 00 05 27 00 00 00 00 00 00 | PROTOCOL_ERROR | V5
            Request Problem Information 2 | MQTT 05 02 00 00 02 17 02 00 00     | PROTOCOL_ERROR | V5
            Request Response Inform. 2    | MQTT 05 02 00 00 02 19 02 00 00     | PROTOCOL_ERROR | V5
            Session Expiry twice          | MQTT 05 02 00 00 0A 11 00 00 00 01 11 00 00 00 01 00 00 | PROTOCOL_ERROR | V5
            Receive Maximum twice         | MQTT 05 02 00 00 06 21 00 01 21 00 01 00 00 | PROTOCOL_ERROR | V5
            data without a method         | MQTT 05 02 00 00 03 16 00 00 00 00  | PROTOCOL_ERROR | V5
            Topic Alias in CONNECT        | MQTT 05 02 00 00 03 23 00 01 00 00  | MALFORMED_PACKET | V5
            Topic Alias in the Will       | MQTT 05 06 00 00 00 00 00 03 23 00 01 00 01 61 00 00 | MALFORMED_PACKET | V5
            Will Delay twice              | MQTT 05 06 00 00 00 00 00 0A 18 00 00 00 01 18 00 00 00 01 00 01 61 00 00 | PROTOCOL_ERROR | V5
            Subscription Id in the Will   | MQTT 05 06 00 00 00 00 00 02 0B 01 00 01 61 00 00 | MALFORMED_PACKET | V5
            """)
    void isRefused(String what, String body, String reasonCode, @Nullable String version) {
        byte[] bytes =
                Packets.hex(body.replace("MQTT ", MQTT).replace("MQTT", MQTT).replace("MQIsdp ", MQISDP));
        ByteBuf in = Unpooled.buffer().writeByte(0x10).writeByte(bytes.length).writeBytes(bytes);
        DecodeException e =
                assertThrows(DecodeException.class, () -> newDecoder(1000).decode(in), what);
        assertEquals(reasonCode, e.reasonCode().name(), e.getMessage());
        assertEquals(version, e.version() == null ? null : e.version().name());
    }

    @Test
    void needlessBytesOfTheRemainingLengthAreMalformedInV5Only() {
        byte[] v4 = Packets.hex("10 8C 00 " + MQTT + "04 02 00 00 00 00");
        byte[] v5 = Packets.hex("10 8D 00 " + MQTT + "05 02 00 00 00 00 00");
        assertNotNull(newDecoder(1000).decode(Unpooled.wrappedBuffer(v4)));
        DecodeException e =
                assertThrows(DecodeException.class, () -> newDecoder(1000).decode(Unpooled.wrappedBuffer(v5)));
        assertEquals("MALFORMED_PACKET", e.reasonCode().name());
    }

    @ParameterizedTest
    @CsvSource({"11", "12", "14", "18"})
    void flagsOfTheFixedHeaderAreMalformedOnceTheVersionIsKnown(String firstByte) {
        byte[] v311 = Packets.hex(firstByte + "0C" + MQTT + "04 02 00 00 00 00");
        DecodeException e =
                assertThrows(DecodeException.class, () -> newDecoder(1000).decode(Unpooled.wrappedBuffer(v311)));
        assertEquals("MALFORMED_PACKET", e.reasonCode().name());
        assertEquals("V3_1_1", String.valueOf(e.version()));
        byte[] v5 = Packets.hex(firstByte + "0D" + MQTT + "05 02 00 00 00 00 00");
        e = assertThrows(DecodeException.class, () -> newDecoder(1000).decode(Unpooled.wrappedBuffer(v5)));
        assertEquals("V5", String.valueOf(e.version()));
    }

    @ParameterizedTest
    @CsvSource({
        "30, the first packet is not a CONNECT",
        "C0, the first packet is not a CONNECT",
        "E0, the first packet is not a CONNECT",
        "47, the first packet is not a CONNECT",
        "00, the first packet is not a CONNECT",
        "16, 'TLS, where MQTT without TLS is spoken'"
    })
    void otherPacketsBeforeConnectAreRefusedByTheirFirstByte(String firstByte, String message) {
        DecodeException e = assertThrows(
                DecodeException.class, () -> newDecoder(1000).decode(Unpooled.wrappedBuffer(Packets.hex(firstByte))));
        assertNull(e.version());
        assertEquals(message, e.getMessage());
    }

    @Test
    void anOversizedPacketIsRefusedFromItsHeader() {
        ByteBuf fits = Unpooled.wrappedBuffer(Packets.hex("10 5F"));
        assertNull(newDecoder(97).decode(fits));
        DecodeException e =
                assertThrows(DecodeException.class, () -> newDecoder(96).decode(fits));
        assertEquals("PACKET_TOO_LARGE", e.reasonCode().name());
        assertEquals("packet of 97 bytes; 96 is the most", e.getMessage());
        ByteBuf largest = Unpooled.wrappedBuffer(Packets.hex("10 FF FF FF 7F"));
        assertThrows(DecodeException.class, () -> newDecoder(Packet.LARGEST_BYTES - 1)
                .decode(largest));
        assertNull(newDecoder(Packet.LARGEST_BYTES).decode(largest));
    }

    private static Decoder newDecoder(long maximumPacketSizeBytes) {
        return new Decoder(Sender.CLIENT, new DecodeScratch(), maximumPacketSizeBytes);
    }
}
