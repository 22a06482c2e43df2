package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoundTripTest {

    private static final String CASES =
            "V3_1, CLIENT\nV3_1, SERVER\nV3_1_1, CLIENT\nV3_1_1, SERVER\nV5, CLIENT\nV5, SERVER";

    private final long seed = Long.getLong("codec.seed", System.nanoTime());
    private final Random random = new Random(seed);

    RoundTripTest() {
        System.out.println("codec.seed=" + seed);
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    void decodesWhatWasEncodedAndEncodesItTheSame(MqttVersion version, Sender sender) {
        PacketGenerator generator = new PacketGenerator(random, version, sender);
        for (PacketType type : generator.types()) {
            for (int i = 0; i < 200; i++) {
                Packet packet = generator.next(type);
                byte[] bytes = Packets.encode(packet, version);
                ByteBuf in = i % 2 == 0
                        ? Unpooled.wrappedBuffer(bytes)
                        : Unpooled.directBuffer().writeBytes(bytes);
                Decoder decoder = Packets.decoderFor(packet, sender, version);
                Packet decoded = decoder.decode(in);
                assertNotNull(decoded, () -> packet + " as " + Packets.describe(bytes));
                assertEquals(Packets.describe(packet), Packets.describe(decoded));
                assertEquals(version, decoder.version());
                assertEquals(0, in.readableBytes());
                in.release();
                assertArrayEquals(bytes, Packets.encode(decoded, version), packet::toString);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    void waitsForTheLastByteAndConsumesNothingBefore(MqttVersion version, Sender sender) {
        PacketGenerator generator = new PacketGenerator(random, version, sender);
        for (int i = 0; i < 100; i++) {
            Packet packet = generator.next();
            byte[] bytes = Packets.encode(packet, version);
            Decoder decoder = Packets.decoderFor(packet, sender, version);
            ByteBuf in = Unpooled.buffer();
            for (int k = 0; k < bytes.length; k++) {
                assertNull(decoder.decode(in));
                assertEquals(0, in.readerIndex());
                in.writeByte(bytes[k]);
            }
            assertEquals(Packets.describe(packet), Packets.describe(decoder.decode(in)));
            assertEquals(bytes.length, in.readerIndex());
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = CASES)
    void takesOnePacketAfterTheOther(MqttVersion version, Sender sender) {
        PacketGenerator generator = new PacketGenerator(random, version, sender);
        List<String> expected = new ArrayList<>();
        ByteBuf in = Unpooled.directBuffer();
        in.writeLong(0).readLong();
        for (int i = 0; i < 1000; i++) {
            Packet packet = generator.nextWithinConnection();
            expected.add(Packets.describe(packet));
            Encoder.encode(packet, version, in, Packet.LARGEST_BYTES);
        }
        Decoder decoder = Packets.decoder(sender, version);
        List<String> decoded = new ArrayList<>();
        Packet packet;
        while ((packet = decoder.decode(in)) != null) {
            decoded.add(Packets.describe(packet));
        }
        assertEquals(expected, decoded);
        in.release();
    }
}
