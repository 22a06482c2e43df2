package io.perdure.jmh.storage.ledger;

import io.perdure.jmh.TemporaryDirectory;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Delivery;
import io.perdure.storage.Durability;
import io.perdure.storage.Entry;
import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.Route;
import io.perdure.storage.SessionLink;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.recovery.Recovery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
 * The ledger alone, on RocksDB: publishers hand over bursts of QoS 1 messages of 200 bytes, each goes to one of many
 * attached durable sessions, each delivery is acknowledged. One operation is one message: its publish command, its entry
 * in the log and its acknowledgement.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx1g"})
public class LedgerBenchmark {

    private static final int SESSIONS = 100;
    private static final int BURST = 64;
    private static final int BURSTS = 64;
    private static final int BURSTS_UNDER_WAY = 64;

    @Param({"OS", "FSYNC"})
    private Durability durability = Durability.OS;

    private final Semaphore underWay = new Semaphore(BURSTS_UNDER_WAY);
    private @Nullable TemporaryDirectory directory;
    private @Nullable Store store;
    private final Client[] clients = new Client[SESSIONS];
    private final Route[] routes = new Route[SESSIONS];
    private final byte[][] topics = new byte[SESSIONS][];
    private final byte[] payload = new byte[200];
    private int next;

    /** A connection that acknowledges all it gets. */
    private final class Client implements SessionLink {
        private final Lane lane = Runnable::run;
        private final Store target;
        private final Semaphore attached = new Semaphore(0);
        private @Nullable Attachment attachment;
        private long wanted;

        Client(Store target) {
            this.target = target;
        }

        Submission submission() {
            Attachment a = attachment;
            return a == null ? new Submission(this, null, 0) : new Submission(this, a.session(), a.generation());
        }

        @Override
        public Lane lane() {
            return lane;
        }

        @Override
        public void completed(Submission submission) {
            if (submission.commands().isEmpty()) {
                return;
            }
            if (submission.commands().get(0) instanceof Command.Attach attach) {
                attachment = attach.attachment();
                attached.release();
            } else if (submission.commands().get(0) instanceof Command.Subscribe) {
                attached.release();
            } else {
                underWay.release();
            }
        }

        @Override
        public void deliver(Delivery delivery) {
            Submission s = submission();
            for (Entry e : delivery.entries()) {
                s.finished(e.sequence());
            }
            if (delivery.toSequence() > wanted - 2048) {
                wanted = delivery.toSequence() + 4096;
                s.wantSentLimit(wanted);
            }
            target.submit(s);
        }

        @Override
        public void page(Page page) {}

        @Override
        public void takeOver(long generation) {}

        @Override
        public void flush() {}
    }

    @Setup(Level.Trial)
    public void open() throws IOException, InterruptedException {
        directory = new TemporaryDirectory();
        SubscriptionIndex router = new SubscriptionIndex();
        Store opened = Recovery.open(
                new StoreOptions(directory.path(), durability, 0, StoreOptions.Clock.SYSTEM, e -> {
                    throw new IllegalStateException(e);
                }),
                router);
        store = opened;
        for (int i = 0; i < SESSIONS; i++) {
            Client c = new Client(opened);
            clients[i] = c;
            Submission attach = c.submission();
            attach.add(new Command.Attach("client" + i, true, Command.NO_EXPIRY, null));
            opened.submit(attach);
            c.attached.acquire();
            String topic = "bench/" + i;
            topics[i] = topic.getBytes(StandardCharsets.UTF_8);
            Submission subscribe = c.submission();
            Attachment a = c.attachment;
            if (a == null) {
                throw new IllegalStateException("not attached");
            }
            subscribe.add(new Command.Subscribe(
                    1, List.of(new Subscription(a.session(), topic, null, 1, false, false, 0, 0))));
            opened.submit(subscribe);
            c.attached.acquire();
        }
        for (int i = 0; i < SESSIONS; i++) {
            routes[i] = router.route(topics[i]);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BURST * BURSTS)
    public void publishDeliverAcknowledge() throws InterruptedException {
        Store s = store;
        if (s == null) {
            throw new IllegalStateException("not open");
        }
        for (int i = 0; i < BURSTS; i++) {
            underWay.acquire();
            int to = next++ % SESSIONS;
            Submission burst = clients[(to + 1) % SESSIONS].submission();
            for (int j = 0; j < BURST; j++) {
                Message m = new Message(topics[to], payload, new byte[0], 1, s.nowMs(), Message.NEVER);
                burst.add(new Command.Publish(j + 1, false, m, routes[to]));
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
