package io.perdure.jmh.storage.ledger;

import io.perdure.jmh.TemporaryDirectory;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Command;
import io.perdure.storage.Durability;
import io.perdure.storage.Message;
import io.perdure.storage.Route;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.recovery.Recovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long it takes to drain the queue of a Shared Subscription, on RocksDB: QoS 1 messages of 200 bytes that waited for
 * it while no member was connected go to four members, which acknowledge them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx256m"})
public class SharedDrainBenchmark {

    private static final int MEMBERS = 4;
    private static final int BURST = 1000;

    @Param({"1000000"})
    private int messages = 1_000_000;

    @Param({"FSYNC"})
    private Durability durability = Durability.FSYNC;

    @Param({"ROUND_ROBIN"})
    private ShareStrategy strategy = ShareStrategy.ROUND_ROBIN;

    private @Nullable TemporaryDirectory directory;
    private @Nullable Store store;

    @Setup(Level.Iteration)
    public void fill() throws IOException, InterruptedException {
        directory = new TemporaryDirectory();
        SubscriptionIndex router = new SubscriptionIndex();
        Store opened = Recovery.open(
                StoreOptions.in(directory.path(), e -> {
                            throw new IllegalStateException(e);
                        })
                        .withDurability(durability)
                        .withShareStrategy(strategy),
                router);
        store = opened;
        BenchClient keeper = new BenchClient(opened, () -> {}, n -> {});
        keeper.attach("keeper");
        keeper.subscribe("group", "bench/#");
        keeper.detach();
        Semaphore underWay = new Semaphore(MEMBERS);
        BenchClient publisher = new BenchClient(opened, underWay::release, n -> {});
        publisher.attach("publisher");
        byte[] topic = "bench/topic".getBytes(StandardCharsets.UTF_8);
        byte[] payload = new byte[200];
        Route route = router.route(topic);
        for (int i = 0; i < messages; i += BURST) {
            underWay.acquire();
            Submission burst = publisher.submission();
            for (int j = 0; j < BURST; j++) {
                Message m = new Message(topic, payload, new byte[0], 1, opened.nowMs(), Message.NEVER);
                burst.add(new Command.Publish(j + 1, false, m, route));
            }
            opened.submit(burst);
        }
        underWay.acquire(MEMBERS);
    }

    @Benchmark
    public void drain() throws InterruptedException {
        Store s = store;
        if (s == null) {
            throw new IllegalStateException("not open");
        }
        Semaphore received = new Semaphore(0);
        for (int i = 0; i < MEMBERS; i++) {
            BenchClient member = new BenchClient(s, () -> {}, received::release);
            member.attach("member" + i);
            member.subscribe("group", "bench/#");
        }
        received.acquire(messages);
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        if (store != null) {
            store.close();
        }
        if (directory != null) {
            directory.close();
        }
    }
}
