package io.perdure.jmh.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import java.util.ArrayList;
import java.util.List;

/** Netty's codec-mqtt in a pipeline between two ends that release what reaches them. One thread. */
final class NettyCodec {

    private final List<MqttMessage> kept = new ArrayList<>();
    private boolean keeping;
    private int decoded;
    private final EmbeddedChannel channel;

    NettyCodec(MqttVersion version) {
        channel = new EmbeddedChannel(
                new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                        ReferenceCountUtil.release(message);
                    }
                },
                MqttEncoder.INSTANCE,
                new MqttDecoder(1 << 20),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        decoded++;
                        if (keeping && message instanceof MqttMessage mqttMessage) {
                            kept.add(mqttMessage);
                        } else {
                            ReferenceCountUtil.release(message);
                        }
                    }
                });
        ByteBuf connect = Unpooled.buffer();
        Encoder.encode(Connect.builder(version, "c").build(), version, connect, Packet.LARGEST_BYTES);
        channel.pipeline().fireChannelRead(connect);
    }

    /** Decodes a burst and drops what comes of it. */
    void decode(ByteBuf burst) {
        decoded = 0;
        burst.readerIndex(0);
        channel.pipeline().fireChannelRead(burst.retainedDuplicate());
        if (decoded != CodecBenchmark.BURST) {
            throw new IllegalStateException(decoded + " packets decoded");
        }
    }

    /** Decodes a burst. */
    MqttMessage[] decodeAll(ByteBuf burst) {
        keeping = true;
        kept.clear();
        decode(burst);
        keeping = false;
        return kept.toArray(MqttMessage[]::new);
    }

    /** Encodes messages, which stay as they are, and drops what comes of it. */
    ChannelFuture encode(MqttMessage[] messages) {
        ChannelFuture written = channel.voidPromise();
        for (MqttMessage message : messages) {
            written = channel.write(ReferenceCountUtil.retain(message), channel.voidPromise());
        }
        return written;
    }

    void close() {
        channel.finishAndReleaseAll();
    }
}
