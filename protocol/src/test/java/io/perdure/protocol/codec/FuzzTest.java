package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FuzzTest {

    private final long seed = Long.getLong("codec.seed", System.nanoTime());
    private final Random random = new Random(seed);

    FuzzTest() {
        System.out.println("codec.seed=" + seed);
    }

    /** Whatever the bytes are, there is a packet that can be encoded again, or a refusal; nothing else is thrown. */
    @ParameterizedTest
    @EnumSource
    void damagedPacketsAreRefusedOrAreOtherPackets(MqttVersion version) {
        int refused = 0;
        int decoded = 0;
        for (Sender sender : Sender.values()) {
            PacketGenerator generator = new PacketGenerator(random, version, sender);
            for (int i = 0; i < 5_000; i++) {
                Packet original = generator.next();
                byte[] bytes = Packets.encode(original, version);
                for (int k = random.nextInt(3); k >= 0; k--) {
                    bytes[random.nextInt(Math.min(bytes.length, 40))] = (byte) random.nextInt(256);
                }
                ByteBuf in = i % 2 == 0
                        ? Unpooled.wrappedBuffer(bytes)
                        : Unpooled.directBuffer().writeBytes(bytes);
                try {
                    Packet packet =
                            Packets.decoderFor(original, sender, version).decode(in);
                    if (packet != null) {
                        decoded++;
                        Packets.encode(packet, version);
                    }
                } catch (DecodeException e) {
                    refused++;
                    assertTrue(e.reasonCode().isError());
                    assertTrue(e.getMessage().length() < 100);
                } finally {
                    in.release();
                }
            }
        }
        assertTrue(refused > 1000 && decoded > 1000, refused + " refused, " + decoded + " decoded");
    }
}
