package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.util.ReferenceCountUtil;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.Publish;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Another codec as an oracle: what one writes the other reads, and what it writes again is the same packet here. */
class NettyCodecTest {

    private final long seed = Long.getLong("codec.seed", System.nanoTime());
    private final Random random = new Random(seed);

    NettyCodecTest() {
        System.out.println("codec.seed=" + seed);
    }

    @ParameterizedTest
    @CsvSource({"V3_1, CLIENT", "V3_1, SERVER", "V3_1_1, CLIENT", "V3_1_1, SERVER", "V5, CLIENT", "V5, SERVER"})
    void packetsComeBackFromNettyAsTheyWere(MqttVersion version, Sender sender) {
        PacketGenerator generator = new PacketGenerator(random, version, sender);
        EmbeddedChannel netty = new EmbeddedChannel(MqttEncoder.INSTANCE, new MqttDecoder(1 << 20));
        // Netty takes the version of a connection from its CONNECT
        Packet connect = Connect.builder(version, "c").build();
        byte[] connectBytes = Packets.encode(connect, version);
        throughNetty(netty, connect, connectBytes, Packets.decoderFor(connect, Sender.CLIENT, version));
        for (int i = 0; i < 400; i++) {
            Packet packet = generator.next();
            byte[] bytes = Packets.encode(packet, version);
            Packet back = throughNetty(netty, packet, bytes, Packets.decoderFor(packet, sender, version));
            assertEquals(
                    Packets.describeMeaning(packet), Packets.describeMeaning(back), () -> ByteBufUtil.hexDump(bytes));
        }
        netty.finishAndReleaseAll();
    }

    private static Packet throughNetty(EmbeddedChannel netty, Packet packet, byte[] bytes, Decoder decoder) {
        netty.writeInbound(Unpooled.wrappedBuffer(bytes));
        MqttMessage message = netty.readInbound();
        assertNotNull(message, () -> "no message for " + packet);
        assertTrue(
                message.decoderResult().isSuccess(),
                () -> packet + ": " + message.decoderResult().cause() + " " + ByteBufUtil.hexDump(bytes));
        assertEquals(
                MqttMessageType.valueOf(packet.type().code()),
                message.fixedHeader().messageType());
        if (packet instanceof Publish publish && message instanceof MqttPublishMessage same) {
            assertEquals(publish.qos(), same.fixedHeader().qosLevel().value());
            assertEquals(publish.retain(), same.fixedHeader().isRetain());
            assertEquals(publish.dup(), same.fixedHeader().isDup());
            assertEquals(ByteBufUtil.hexDump(publish.payload()), ByteBufUtil.hexDump(same.payload()));
        }
        netty.writeOutbound(message);
        ByteBuf out = Unpooled.buffer();
        ByteBuf part;
        while ((part = netty.readOutbound()) != null) {
            out.writeBytes(part);
            ReferenceCountUtil.release(part);
        }
        Packet back = decoder.decode(out);
        assertNotNull(back);
        assertEquals(0, out.readableBytes());
        return back;
    }
}
