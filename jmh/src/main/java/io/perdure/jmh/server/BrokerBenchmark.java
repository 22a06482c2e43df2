package io.perdure.jmh.server;

import io.perdure.jmh.TemporaryDirectory;
import io.perdure.protocol.codec.AckEncoder;
import io.perdure.protocol.codec.PublishEncoder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/**
 * End to end in one process, over loopback sockets: a publisher sends bursts of QoS 1 messages of 128 bytes to a durable
 * subscriber that is online. One operation is one message: published, stored, acknowledged, delivered, acknowledged. The
 * clients run in this process too, on the same cores.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g"})
public class BrokerBenchmark {

    private static final int WINDOW = 1024;
    private static final byte[] TOPIC = "bench/end-to-end".getBytes(StandardCharsets.UTF_8);

    @Param({"fsync", "os"})
    private String durability = "fsync";

    private final byte[] payload = new byte[128];
    private @Nullable TemporaryDirectory directory;
    private @Nullable Broker broker;
    private @Nullable RawClient publisher;
    private @Nullable Thread subscriber;

    @Setup(Level.Trial)
    public void start() throws IOException {
        directory = new TemporaryDirectory();
        BrokerConfig config = BrokerConfig.defaults()
                .with("data", directory.path().toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("durability", durability.toLowerCase(Locale.ROOT));
        broker = Broker.start(config, failure -> {
            throw new IllegalStateException(failure);
        });
        InetSocketAddress address = broker.addresses().get(0);
        RawClient receiver = new RawClient(address, "subscriber");
        receiver.send(Subscribe.of(1, SubscriptionRequest.of("bench/#", 1)));
        receiver.flush();
        receiver.receive();
        subscriber = new Thread(() -> acknowledgeAll(receiver), "subscriber");
        subscriber.start();
        publisher = new RawClient(address, "publisher");
    }

    private static void acknowledgeAll(RawClient client) {
        try (client) {
            while (true) {
                if (client.receive() instanceof Publish publish) {
                    AckEncoder.pubAck(client.out(), publish.packetId());
                }
                if (client.isDrained()) {
                    client.flush();
                }
            }
        } catch (IOException closed) {
            // the broker has stopped: the end of the trial
        }
    }

    @Benchmark
    @OperationsPerInvocation(WINDOW)
    public void publishWindow() throws IOException {
        RawClient client = publisher;
        if (client == null) {
            throw new IllegalStateException("not started");
        }
        for (int packetId = 1; packetId <= WINDOW; packetId++) {
            PublishEncoder.encode(
                    client.out(),
                    MqttVersion.V3_1_1,
                    false,
                    1,
                    false,
                    TOPIC,
                    0,
                    packetId,
                    -1,
                    new int[0],
                    Publish.NO_BYTES,
                    payload);
        }
        client.flush();
        int acknowledged = 0;
        while (acknowledged < WINDOW) {
            acknowledged += client.receive() instanceof PubAck ? 1 : 0;
        }
    }

    @TearDown(Level.Trial)
    public void stop() throws IOException, InterruptedException {
        if (publisher != null) {
            publisher.close();
        }
        if (broker != null) {
            broker.close();
        }
        if (subscriber != null) {
            subscriber.join();
        }
        if (directory != null) {
            directory.close();
        }
    }
}
