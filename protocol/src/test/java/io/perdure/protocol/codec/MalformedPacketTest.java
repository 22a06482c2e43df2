package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets within a connection that the specification forbids, and the Reason Code for each. */
class MalformedPacketTest {

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            packet type 0                    | V3_1_1 | 00 00                          | MALFORMED_PACKET
            QoS 3                            | V3_1_1 | 36 05 00 01 61 00 01           | MALFORMED_PACKET
            DUP at QoS 0                     | V3_1_1 | 38 03 00 01 61                 | PROTOCOL_ERROR
            flags of PUBACK                  | V3_1_1 | 41 02 00 01                    | MALFORMED_PACKET
            flags of PUBREL                  | V3_1_1 | 60 02 00 01                    | MALFORMED_PACKET
            flags of SUBSCRIBE               | V3_1_1 | 80 06 00 01 00 01 61 00        | MALFORMED_PACKET
            flags of UNSUBSCRIBE             | V3_1_1 | A0 05 00 01 00 01 61           | MALFORMED_PACKET
            flags of PINGREQ                 | V3_1_1 | C1 00                          | MALFORMED_PACKET
            flags of DISCONNECT              | V3_1_1 | E8 00                          | MALFORMED_PACKET
            CONNACK of a client              | V3_1_1 | 20 02 00 00                    | PROTOCOL_ERROR
            SUBACK of a client               | V3_1_1 | 90 03 00 01 00                 | PROTOCOL_ERROR
            PINGRESP of a client             | V3_1_1 | D0 00                          | PROTOCOL_ERROR
            second CONNECT                   | V3_1_1 | 10 00                          | PROTOCOL_ERROR
            AUTH in 3.1.1                    | V3_1_1 | F0 00                          | PROTOCOL_ERROR
            Remaining Length of 5 bytes      | V3_1_1 | C0 80 80 80 80 00              | MALFORMED_PACKET
            Remaining Length without an end  | V3_1_1 | C0 FF FF FF FF                 | MALFORMED_PACKET
            bytes after PINGREQ              | V3_1_1 | C0 01 00                       | MALFORMED_PACKET
            bytes after PUBACK               | V3_1_1 | 40 03 00 01 00                 | MALFORMED_PACKET
            bytes after DISCONNECT           | V3_1_1 | E0 01 00                       | MALFORMED_PACKET
            short PUBACK                     | V3_1_1 | 40 01 00                       | MALFORMED_PACKET
            empty PUBACK                     | V3_1_1 | 40 00                          | MALFORMED_PACKET
            Packet Identifier 0 in PUBACK    | V3_1_1 | 40 02 00 00                    | PROTOCOL_ERROR
            Packet Identifier 0 in PUBREC    | V3_1_1 | 50 02 00 00                    | PROTOCOL_ERROR
            Packet Identifier 0 in PUBREL    | V3_1_1 | 62 02 00 00                    | PROTOCOL_ERROR
            Packet Identifier 0 in PUBCOMP   | V3_1_1 | 70 02 00 00                    | PROTOCOL_ERROR
            Packet Identifier 0 in PUBLISH   | V3_1_1 | 32 05 00 01 61 00 00           | PROTOCOL_ERROR
            Packet Identifier 0 in SUBSCRIBE | V3_1_1 | 82 06 00 00 00 01 61 00        | PROTOCOL_ERROR
            Packet Identifier 0, UNSUBSCRIBE | V3_1_1 | A2 05 00 00 00 01 61           | PROTOCOL_ERROR
            PUBLISH without a topic length   | V3_1_1 | 30 01 00                       | MALFORMED_PACKET
            PUBLISH shorter than its topic   | V3_1_1 | 30 03 00 02 61                 | MALFORMED_PACKET
            PUBLISH without its identifier   | V3_1_1 | 32 04 00 01 61 00              | MALFORMED_PACKET
            empty Topic Name                 | V3_1_1 | 30 02 00 00                    | TOPIC_NAME_INVALID
            + in a Topic Name                | V3_1_1 | 30 04 00 02 61 2B              | TOPIC_NAME_INVALID
            hash sign in a Topic Name        | V3_1_1 | 30 03 00 01 23                 | TOPIC_NAME_INVALID
            U+0000 in a Topic Name           | V3_1_1 | 30 04 00 02 61 00              | MALFORMED_PACKET
            lone continuation byte           | V3_1_1 | 30 03 00 01 80                 | MALFORMED_PACKET
            overlong form                    | V3_1_1 | 30 04 00 02 C0 AF              | MALFORMED_PACKET
            surrogate                        | V3_1_1 | 30 05 00 03 ED A0 80           | MALFORMED_PACKET
            beyond U+10FFFF                  | V3_1_1 | 30 06 00 04 F4 90 80 80        | MALFORMED_PACKET
            truncated sequence               | V3_1_1 | 30 04 00 02 E2 82              | MALFORMED_PACKET
            SUBSCRIBE without a filter       | V3_1_1 | 82 02 00 01                    | PROTOCOL_ERROR
            SUBSCRIBE without options        | V3_1_1 | 82 05 00 01 00 01 61           | MALFORMED_PACKET
            SUBSCRIBE with QoS 3             | V3_1_1 | 82 06 00 01 00 01 61 03        | MALFORMED_PACKET
            No Local in 3.1.1                | V3_1_1 | 82 06 00 01 00 01 61 04        | MALFORMED_PACKET
            reserved bit 7 in SUBSCRIBE      | V3_1_1 | 82 06 00 01 00 01 61 80        | MALFORMED_PACKET
            U+0000 in a filter               | V3_1_1 | 82 06 00 01 00 01 00 00        | MALFORMED_PACKET
            UNSUBSCRIBE without a filter     | V3_1_1 | A2 02 00 01                    | PROTOCOL_ERROR
            malformed filter, UNSUBSCRIBE    | V3_1_1 | A2 05 00 01 00 01 FF           | MALFORMED_PACKET
            QoS 3                            | V3_1   | 36 05 00 01 61 00 01           | MALFORMED_PACKET
            QoS 0 of PUBREL                  | V3_1   | 60 02 00 01                    | MALFORMED_PACKET
            QoS 0 of SUBSCRIBE               | V3_1   | 80 06 00 01 00 01 61 00        | MALFORMED_PACKET
            QoS 2 of UNSUBSCRIBE             | V3_1   | A4 05 00 01 00 01 61           | MALFORMED_PACKET
            AUTH in 3.1                      | V3_1   | F0 00                          | PROTOCOL_ERROR
            second CONNECT                   | V3_1   | 10 00                          | PROTOCOL_ERROR
            second CONNECT with DUP          | V3_1   | 18 00                          | PROTOCOL_ERROR
            Packet Identifier 0 in PUBREL    | V3_1   | 6A 02 00 00                    | PROTOCOL_ERROR
            empty Topic Name                 | V3_1   | 30 02 00 00                    | TOPIC_NAME_INVALID
            hash sign in a Topic Name        | V3_1   | 30 03 00 01 23                 | TOPIC_NAME_INVALID
            surrogates as writeUTF has them  | V3_1   | 30 08 00 06 ED A0 BD ED B8 80  | MALFORMED_PACKET
            SUBSCRIBE without a filter       | V3_1   | 82 02 00 01                    | PROTOCOL_ERROR
            SUBSCRIBE with QoS 3             | V3_1   | 82 06 00 01 00 01 61 03        | MALFORMED_PACKET
            bytes after PINGREQ              | V3_1   | C0 01 00                       | MALFORMED_PACKET
            Remaining Length, needless byte  | V5     | C0 80 00                       | MALFORMED_PACKET
            Property Length, needless byte   | V5     | 30 05 00 01 61 80 00           | MALFORMED_PACKET
            Property Length of 5 bytes       | V5     | 30 08 00 01 61 80 80 80 80 00  | MALFORMED_PACKET
            no Property Length               | V5     | 30 03 00 01 61                 | MALFORMED_PACKET
            Property Length beyond the end   | V5     | 30 05 00 01 61 02 01           | MALFORMED_PACKET
            property beyond its list         | V5     | 30 06 00 01 61 01 01 01        | MALFORMED_PACKET
            property 0                       | V5     | 30 06 00 01 61 02 00 00        | MALFORMED_PACKET
            property 0x7F                    | V5     | 30 06 00 01 61 02 7F 00        | MALFORMED_PACKET
            Session Expiry in a PUBLISH      | V5     | 30 09 00 01 61 05 11 00 00 00 01 | MALFORMED_PACKET
            neither topic nor alias          | V5     | 30 03 00 00 00                 | PROTOCOL_ERROR
            Topic Alias 0                    | V5     | 30 07 00 01 61 03 23 00 00     | TOPIC_ALIAS_INVALID
            Topic Alias twice                | V5     | 30 0A 00 01 61 06 23 00 01 23 00 01 | PROTOCOL_ERROR
            Payload Format Indicator 2       | V5     | 30 06 00 01 61 02 01 02        | PROTOCOL_ERROR
            Payload Format Indicator twice   | V5     | 30 08 00 01 61 04 01 01 01 01  | PROTOCOL_ERROR
            Content Type twice               | V5     | 30 0A 00 01 61 06 03 00 00 03 00 00 | PROTOCOL_ERROR
            malformed Content Type           | V5     | 30 08 00 01 61 04 03 00 01 FF  | MALFORMED_PACKET
            Response Topic with a wildcard   | V5     | 30 08 00 01 61 04 08 00 01 23  | PROTOCOL_ERROR
            Response Topic with +            | V5     | 30 08 00 01 61 04 08 00 01 2B  | PROTOCOL_ERROR
            empty Response Topic             | V5     | 30 07 00 01 61 03 08 00 00     | PROTOCOL_ERROR
            Correlation Data twice           | V5     | 30 0A 00 01 61 06 09 00 00 09 00 00 | PROTOCOL_ERROR
            Message Expiry twice             | V5     | 30 0E 00 01 61 0A 02 00 00 00 01 02 00 00 00 01 | PROTOCOL_ERROR
            malformed User Property name     | V5     | 30 0A 00 01 61 06 26 00 01 00 00 00 | MALFORMED_PACKET
            malformed User Property value    | V5     | 30 0A 00 01 61 06 26 00 00 00 01 C1 | MALFORMED_PACKET
            Subscription Identifier, client  | V5     | 30 06 00 01 61 02 0B 01        | PROTOCOL_ERROR
            Subscription Identifier 0        | V5     | 82 09 00 01 02 0B 00 00 01 61 00 | PROTOCOL_ERROR
            Subscription Identifier twice    | V5     | 82 0B 00 01 04 0B 01 0B 02 00 01 61 00 | PROTOCOL_ERROR
            Subscription Identifier, 5 bytes | V5     | 82 0D 00 01 06 0B 80 80 80 80 01 00 01 61 00 | MALFORMED_PACKET
            SUBSCRIBE without a filter       | V5     | 82 03 00 01 00                 | PROTOCOL_ERROR
            Maximum QoS 3                    | V5     | 82 07 00 01 00 00 01 61 03     | PROTOCOL_ERROR
            Retain Handling 3                | V5     | 82 07 00 01 00 00 01 61 30     | PROTOCOL_ERROR
            reserved bit 6 in SUBSCRIBE      | V5     | 82 07 00 01 00 00 01 61 40     | MALFORMED_PACKET
            Reason String in SUBSCRIBE       | V5     | 82 0A 00 01 03 1F 00 00 00 01 61 00 | MALFORMED_PACKET
            UNSUBSCRIBE without a filter     | V5     | A2 03 00 01 00                 | PROTOCOL_ERROR
            Subscription Id in UNSUBSCRIBE   | V5     | A2 08 00 01 02 0B 01 00 01 61  | MALFORMED_PACKET
            unknown Reason Code in PUBACK    | V5     | 40 03 00 01 01                 | MALFORMED_PACKET
            Reason Code 0x92 in PUBACK       | V5     | 40 03 00 01 92                 | MALFORMED_PACKET
            Reason Code 0x10 in PUBREL       | V5     | 62 03 00 01 10                 | MALFORMED_PACKET
            Reason Code 0x80 in PUBCOMP      | V5     | 70 03 00 01 80                 | MALFORMED_PACKET
            Packet Identifier 0 in PUBACK    | V5     | 40 03 00 00 00                 | PROTOCOL_ERROR
            Reason String twice              | V5     | 40 0A 00 01 00 06 1F 00 00 1F 00 00 | PROTOCOL_ERROR
            Content Type in PUBACK           | V5     | 40 07 00 01 00 03 03 00 00     | MALFORMED_PACKET
            bytes after PUBACK               | V5     | 40 05 00 01 00 00 00           | MALFORMED_PACKET
            server's code in DISCONNECT      | V5     | E0 01 8E                       | MALFORMED_PACKET
            unknown code in DISCONNECT       | V5     | E0 01 05                       | MALFORMED_PACKET
            Server Reference of a client     | V5     | E0 05 00 03 1C 00 00           | PROTOCOL_ERROR
            Session Expiry twice, DISCONNECT | V5     | E0 0C 00 0A 11 00 00 00 01 11 00 00 00 01 | PROTOCOL_ERROR
            bytes after DISCONNECT           | V5     | E0 03 00 00 00                 | MALFORMED_PACKET
            AUTH without a method            | V5     | F0 02 18 00                    | PROTOCOL_ERROR
            AUTH without a Property Length   | V5     | F0 01 18                       | MALFORMED_PACKET
            AUTH with success of a client    | V5     | F0 05 00 03 15 00 00           | MALFORMED_PACKET
            """)
    void isRefusedFromAClient(String what, MqttVersion version, String hex, String reasonCode) {
        assertRefused(Sender.CLIENT, version, hex, reasonCode, what);
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource(delimiter = '|', textBlock = """
            PUBLISH with Will Delay          | V5     | 30 09 00 01 61 05 18 00 00 00 01 | MALFORMED_PACKET
            Subscription Identifier 0        | V5     | 30 06 00 01 61 02 0B 00        | PROTOCOL_ERROR
            CONNECT of a server              | V3_1_1 | 10 00                          | PROTOCOL_ERROR
            SUBSCRIBE of a server            | V3_1_1 | 82 00                          | PROTOCOL_ERROR
            PINGREQ of a server              | V3_1_1 | C0 00                          | PROTOCOL_ERROR
            DISCONNECT of a server           | V3_1_1 | E0 00                          | PROTOCOL_ERROR
            reserved flag of CONNACK         | V3_1_1 | 20 02 02 00                    | MALFORMED_PACKET
            return code 6                    | V3_1_1 | 20 02 00 06                    | MALFORMED_PACKET
            Session Present with an error    | V3_1_1 | 20 02 01 05                    | PROTOCOL_ERROR
            bytes after CONNACK              | V3_1_1 | 20 03 00 00 00                 | MALFORMED_PACKET
            SUBACK without a code            | V3_1_1 | 90 02 00 01                    | MALFORMED_PACKET
            SUBACK with code 3               | V3_1_1 | 90 03 00 01 03                 | MALFORMED_PACKET
            SUBACK with code 0x87            | V3_1_1 | 90 03 00 01 87                 | MALFORMED_PACKET
            UNSUBACK with a payload          | V3_1_1 | B0 03 00 01 00                 | MALFORMED_PACKET
            Session Present in 3.1           | V3_1   | 20 02 01 00                    | MALFORMED_PACKET
            return code 6                    | V3_1   | 20 02 00 06                    | MALFORMED_PACKET
            SUBACK with code 3               | V3_1   | 90 03 00 01 03                 | MALFORMED_PACKET
            SUBACK with code 0x80            | V3_1   | 90 03 00 01 80                 | MALFORMED_PACKET
            DISCONNECT of a server           | V3_1   | E0 00                          | PROTOCOL_ERROR
            unknown Reason Code in CONNACK   | V5     | 20 03 00 8E 00                 | MALFORMED_PACKET
            CONNACK without Property Length  | V5     | 20 02 00 00                    | MALFORMED_PACKET
            Receive Maximum 0 in CONNACK     | V5     | 20 06 00 00 03 21 00 00        | PROTOCOL_ERROR
            Maximum QoS 2 in CONNACK         | V5     | 20 05 00 00 02 24 02           | PROTOCOL_ERROR
            Maximum Packet Size 0, CONNACK   | V5     | 20 08 00 00 05 27 00 00 00 00  | PROTOCOL_ERROR
            Retain Available 2               | V5     | 20 05 00 00 02 25 02           | PROTOCOL_ERROR
            data without a method, CONNACK   | V5     | 20 06 00 00 03 16 00 00        | PROTOCOL_ERROR
            Will Delay in CONNACK            | V5     | 20 08 00 00 05 18 00 00 00 00  | MALFORMED_PACKET
            UNSUBACK with code 1             | V5     | B0 04 00 01 00 01              | MALFORMED_PACKET
            UNSUBACK without a code          | V5     | B0 03 00 01 00                 | MALFORMED_PACKET
            Session Expiry of a server       | V5     | E0 07 00 05 11 00 00 00 01     | PROTOCOL_ERROR
            code 0x04 of a server            | V5     | E0 01 04                       | MALFORMED_PACKET
            re-authenticate of a server      | V5     | F0 05 19 03 15 00 00           | MALFORMED_PACKET
            """)
    void isRefusedFromAServer(String what, MqttVersion version, String hex, String reasonCode) {
        assertRefused(Sender.SERVER, version, hex, reasonCode, what);
    }

    /** Whether the payload is copied together with the properties depends on the buffer and on the size. */
    @Test
    void aPropertyDoesNotGoOnInThePayload() {
        // a Response Topic of 64 bytes where the list has 2; in what follows is a wildcard, which would be another
        // fault
        ByteBuf packet = Unpooled.buffer().writeBytes(Packets.hex("30 BC 17 00 01 61 05 08 00 40 61 62"));
        packet.writeCharSequence("+".repeat(3_007 - packet.readableBytes()), StandardCharsets.US_ASCII);
        assertRefused(Sender.CLIENT, MqttVersion.V5, ByteBufUtil.hexDump(packet), "MALFORMED_PACKET", "large");
    }

    private static void assertRefused(Sender sender, MqttVersion version, String hex, String reasonCode, String what) {
        byte[] bytes = Packets.hex(hex);
        for (ByteBuf in : new ByteBuf[] {
            Unpooled.wrappedBuffer(bytes), Unpooled.directBuffer().writeBytes(bytes)
        }) {
            DecodeException e = assertThrows(
                    DecodeException.class,
                    () -> Packets.decoder(sender, version).decode(in),
                    what);
            assertEquals(reasonCode, e.reasonCode().name(), what + ": " + e.getMessage());
            assertEquals(version, e.version());
            in.release();
        }
    }
}
