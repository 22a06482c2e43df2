package io.perdure.jmh.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import io.perdure.protocol.codec.AckEncoder;
import io.perdure.protocol.codec.DecodeScratch;
import io.perdure.protocol.codec.Decoder;
import io.perdure.protocol.codec.PublishEncoder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.topic.TopicName;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Bursts of PUBLISH (QoS 1, 128 bytes of payload, 16 topics) and of PUBACK: decoded from one direct buffer, encoded into
 * one, beside Netty's codec-mqtt on the same bytes. The score is the time of one packet.
 *
 * <p>Netty's handlers run where they belong, in a pipeline, which here does nothing else; what they decode is released
 * unread and what they encode is not copied any further. Its messages to encode are made beforehand.
 *
 * <p>On a machine that is shared, run it with {@code -bm sample} and take the medians: preemption is not in them.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class CodecBenchmark {

    /** The packets of one burst. */
    static final int BURST = 64;

    private static final int TOPICS = 16;
    private static final byte[] PAYLOAD = new byte[128];

    @Param({"V3_1_1", "V5"})
    private MqttVersion version = MqttVersion.V5;

    private final byte[][] topics = new byte[TOPICS][];
    private ByteBuf publishes = PooledByteBufAllocator.DEFAULT.directBuffer(BURST * 256);
    private ByteBuf pubAcks = PooledByteBufAllocator.DEFAULT.directBuffer(BURST * 4);
    private ByteBuf out = PooledByteBufAllocator.DEFAULT.directBuffer(BURST * 256);
    private Decoder decoder = new Decoder(Decoder.Sender.CLIENT, new DecodeScratch(), Packet.LARGEST_BYTES);
    private NettyCodec netty = new NettyCodec(version);
    private MqttMessage[] nettyPublishes = {};
    private MqttMessage[] nettyPubAcks = {};

    /** Makes the bytes, with this codec, and Netty's messages from them. */
    @Setup(Level.Trial)
    public void setUp() {
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = TopicName.of("sensors/building-7/" + i + "/temperature").utf8();
        }
        decoder.setVersion(version);
        netty = new NettyCodec(version);
        encodePublishes(publishes);
        encodePubAcks(pubAcks);
        nettyPublishes = netty.decodeAll(publishes);
        nettyPubAcks = netty.decodeAll(pubAcks);
    }

    /** Frees the buffers. */
    @TearDown(Level.Trial)
    public void tearDown() {
        publishes.release();
        pubAcks.release();
        out.release();
        for (MqttMessage message : nettyPublishes) {
            ReferenceCountUtil.release(message);
        }
        netty.close();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void decodePublish(Blackhole blackhole) {
        decode(publishes, blackhole);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void decodePublishNetty() {
        netty.decode(publishes);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void decodePubAck(Blackhole blackhole) {
        decode(pubAcks, blackhole);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void decodePubAckNetty() {
        netty.decode(pubAcks);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public ByteBuf encodePublish() {
        encodePublishes(out.clear());
        return out;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public ChannelFuture encodePublishNetty() {
        return netty.encode(nettyPublishes);
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public ByteBuf encodePubAck() {
        encodePubAcks(out.clear());
        return out;
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public ChannelFuture encodePubAckNetty() {
        return netty.encode(nettyPubAcks);
    }

    private void decode(ByteBuf burst, Blackhole blackhole) {
        burst.readerIndex(0);
        Packet packet;
        while ((packet = decoder.decode(burst)) != null) {
            blackhole.consume(packet);
        }
    }

    private void encodePublishes(ByteBuf buffer) {
        for (int i = 0; i < BURST; i++) {
            PublishEncoder.encode(
                    buffer,
                    version,
                    false,
                    1,
                    false,
                    topics[i % TOPICS],
                    0,
                    i + 1,
                    -1,
                    Publish.NO_IDS,
                    Publish.NO_BYTES,
                    PAYLOAD);
        }
    }

    private static void encodePubAcks(ByteBuf buffer) {
        for (int i = 0; i < BURST; i++) {
            AckEncoder.pubAck(buffer, i + 1);
        }
    }
}
