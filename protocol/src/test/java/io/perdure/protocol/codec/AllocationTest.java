package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.ReasonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets that are made to take as much memory as they can. */
class AllocationTest {

    private static final int LARGE_BYTES = 4 << 20;

    /** Packets of one kind of element: what comes before the elements, one element, whether they are properties. */
    private static final String LISTS = """
            CONNECT      | -      | CLIENT | 10 | 00 04 4D 51 54 54 05 02 00 00 | 26 00 01 61 00 01 62 | true
            SUBSCRIBE    | V3_1_1 | CLIENT | 82 | 00 01                         | 00 01 61 00          | false
            SUBSCRIBE    | V5     | CLIENT | 82 | 00 01 00                      | 00 01 61 00          | false
            its users    | V5     | CLIENT | 82 | 00 01                         | 26 00 01 61 00 01 62 | true
            UNSUBSCRIBE  | V3_1_1 | CLIENT | A2 | 00 01                         | 00 01 61             | false
            UNSUBSCRIBE  | V5     | CLIENT | A2 | 00 01 00                      | 00 01 61             | false
            PUBACK       | V5     | CLIENT | 40 | 00 01 00                      | 26 00 01 61 00 01 62 | true
            PUBREL       | V5     | CLIENT | 62 | 00 01 00                      | 26 00 01 61 00 01 62 | true
            DISCONNECT   | V5     | CLIENT | E0 | 00                            | 26 00 01 61 00 01 62 | true
            AUTH         | V5     | CLIENT | F0 | 18                            | 26 00 01 61 00 01 62 | true
            PUBLISH      | V5     | SERVER | 30 | 00 01 61                      | 0B 01                | true
            SUBACK       | V5     | SERVER | 90 | 00 01 00                      | 01                   | false
            CONNACK      | V5     | SERVER | 20 | 00 00                         | 26 00 01 61 00 01 62 | true
            """;

    private static final UnpooledByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(true, true);

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = LISTS)
    void listsHaveABound(
            String what,
            String version,
            Sender sender,
            String first,
            String begin,
            String element,
            boolean properties) {
        int elementBytes = Packets.hex(element).length;
        ByteBuf tooMany = list(first, begin, element, LARGE_BYTES / elementBytes, properties);
        for (ByteBuf in : new ByteBuf[] {
            tooMany, UNTRACKED.directBuffer(tooMany.readableBytes()).writeBytes(tooMany.slice())
        }) {
            DecodeException e = assertThrows(
                    DecodeException.class, () -> decoder(version, sender).decode(in.slice()));
            assertEquals(ReasonCode.QUOTA_EXCEEDED, e.reasonCode());
            assertFalse(DecoderChecks.decodesWithinBounds(decoder(version, sender), in));
            in.release();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = LISTS)
    void listsUpToTheBoundAreTaken(
            String what,
            String version,
            Sender sender,
            String first,
            String begin,
            String element,
            boolean properties) {
        ByteBuf in = list(first, begin, element, WireReader.MAXIMUM_ELEMENTS, properties);
        if (what.equals("AUTH") || what.equals("its users") || what.equals("CONNECT")) {
            // valid but for what has to follow: the bound is not what they are refused for
            DecodeException e = assertThrows(
                    DecodeException.class, () -> decoder(version, sender).decode(in.slice()));
            assertFalse(e.reasonCode() == ReasonCode.QUOTA_EXCEEDED, e.getMessage());
        } else {
            assertNotNull(decoder(version, sender).decode(in.slice()));
            assertTrue(DecoderChecks.decodesWithinBounds(decoder(version, sender), in));
        }
        in.release();
    }

    private static ByteBuf list(String first, String begin, String element, int count, boolean properties) {
        byte[] start = Packets.hex(begin);
        byte[] one = Packets.hex(element);
        int listBytes = one.length * count;
        int lengthBytes = properties ? VariableByteInteger.sizeBytes(listBytes) : 0;
        ByteBuf packet = Unpooled.buffer(listBytes + 100).writeBytes(Packets.hex(first));
        PublishEncoder.writeVariableByteInteger(packet, start.length + lengthBytes + listBytes);
        packet.writeBytes(start);
        if (properties) {
            PublishEncoder.writeVariableByteInteger(packet, listBytes);
        }
        for (int i = 0; i < count; i++) {
            packet.writeBytes(one);
        }
        return packet;
    }

    private static Decoder decoder(String version, Sender sender) {
        Decoder decoder = new Decoder(sender, new DecodeScratch(), Packet.LARGEST_BYTES);
        if (!version.equals("-")) {
            decoder.setVersion(MqttVersion.valueOf(version));
        }
        return decoder;
    }

    @ParameterizedTest
    @CsvSource({
        "-,      10 FF FF FF 7F 00 04 4D 51 54 54 05",
        "V3_1_1, 30 FF FF FF 7F 00 01 61 62 63 64",
        "V5,     32 FF FF FF 7F FF FF 00 00 00 00",
        "V5,     82 FF FF FF 7F 00 01 00 FF FF 61",
        "V5,     E0 FF FF FF 7F 00 FF FF FF 7F 26"
    })
    void nothingIsSetAsideForWhatHasNotCome(String version, String hex) {
        ByteBuf in = Unpooled.wrappedBuffer(Packets.hex(hex));
        assertNull(decoder(version, Sender.CLIENT).decode(in));
        assertFalse(DecoderChecks.decodesWithinBounds(decoder(version, Sender.CLIENT), in));
        assertEquals(0, in.readerIndex());
    }

    @Test
    void nothingOfAPacketIsKept() {
        DecodeScratch scratch = new DecodeScratch();
        Decoder decoder = new Decoder(Sender.CLIENT, scratch, Packet.LARGEST_BYTES);
        decoder.setVersion(MqttVersion.V5);
        assertNotNull(decoder.decode(list("30", "00 01 61", "26 00 01 61 00 01 62", 1_000, true)));
        assertEquals(0, scratch.messageProperties().forwarded().length);
        assertEquals(0, scratch.reader().bytes().length);
    }
}
