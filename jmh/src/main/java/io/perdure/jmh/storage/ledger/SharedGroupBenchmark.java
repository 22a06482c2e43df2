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
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The ledger alone, on RocksDB, with one Shared Subscription: four publishers hand over bursts of QoS 1 messages of 200
 * bytes, each goes to one member of the group, which acknowledges it. One operation is one message.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g"})
public class SharedGroupBenchmark {

    private static final int PUBLISHERS = 4;
    private static final int BURST = 64;
    private static final int BURSTS = 64;
    private static final int BURSTS_UNDER_WAY = 64;

    @Param({"4", "1000"})
    private int members = 4;

    /** Members that are away, besides those that are there. */
    @Param({"0"})
    private int away;

    @Param
    private ShareStrategy strategy = ShareStrategy.ROUND_ROBIN;

    private final Semaphore underWay = new Semaphore(BURSTS_UNDER_WAY);
    private @Nullable TemporaryDirectory directory;
    private @Nullable Store store;
    private @Nullable Route route;
    private final BenchClient[] publishers = new BenchClient[PUBLISHERS];
    private final byte[] topic = "bench/topic".getBytes(StandardCharsets.UTF_8);
    private final byte[] payload = new byte[200];
    private int next;

    @Setup(Level.Trial)
    public void open() throws IOException, InterruptedException {
        directory = new TemporaryDirectory();
        SubscriptionIndex router = new SubscriptionIndex();
        Store opened = Recovery.open(
                StoreOptions.in(directory.path(), e -> {
                            throw new IllegalStateException(e);
                        })
                        .withDurability(Durability.OS)
                        .withShareStrategy(strategy),
                router);
        store = opened;
        for (int i = 0; i < members + away; i++) {
            BenchClient member = new BenchClient(opened, () -> {}, n -> {});
            member.attach("member" + i);
            member.subscribe("group", "bench/#");
            if (i >= members) {
                member.detach();
            }
        }
        for (int i = 0; i < PUBLISHERS; i++) {
            publishers[i] = new BenchClient(opened, underWay::release, n -> {});
            publishers[i].attach("publisher" + i);
        }
        route = router.route(topic);
    }

    @Benchmark
    @OperationsPerInvocation(BURST * BURSTS)
    public void publishDeliverAcknowledge() throws InterruptedException {
        Store s = store;
        Route to = route;
        if (s == null || to == null) {
            throw new IllegalStateException("not open");
        }
        for (int i = 0; i < BURSTS; i++) {
            underWay.acquire();
            Submission burst = publishers[next++ % PUBLISHERS].submission();
            for (int j = 0; j < BURST; j++) {
                Message m = new Message(topic, payload, new byte[0], 1, s.nowMs(), Message.NEVER);
                burst.add(new Command.Publish(j + 1, false, m, to));
            }
            s.submit(burst);
        }
    }

    @TearDown(Level.Trial)
    public void close() throws IOException, InterruptedException {
        underWay.acquire(BURSTS_UNDER_WAY);
        if (store != null) {
            store.close();
        }
        if (directory != null) {
            directory.close();
        }
    }
}
