package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Command.Attach;
import io.perdure.storage.Command.Detach;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Publish;
import io.perdure.storage.Command.Subscribe;
import io.perdure.storage.Delivery;
import io.perdure.storage.Entry;
import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.SessionLink;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.SpaceLimits;
import io.perdure.storage.SpaceSource;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.StoreOptions.Clock;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import io.perdure.storage.Will;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A ledger over the in-memory engine, driven by the test's thread, with a clock that the test sets. */
final class TestStore {

    static final long START_MS = 1_000_000;
    static final long GRACE_MS = 10_000;

    MemoryEngine engine = new MemoryEngine(Family.all());
    long wallMs = START_MS;
    long monotonicNs;
    ShareStrategy strategy;
    /** 0: as much as anybody may want. */
    long totalBytes;

    long freeBytes;
    ListRouter router = new ListRouter();
    Ledger ledger;

    TestStore() {
        this(ShareStrategy.ROUND_ROBIN);
    }

    /** One on a small disk, with stages that begin below 400, 300, 200 and 100 MiB. */
    static TestStore onDisk(long freeMib) {
        TestStore store = new TestStore();
        store.totalBytes = 1000L << 20;
        store.freeBytes = freeMib << 20;
        store.reopen(store.engine);
        return store;
    }

    /** Sets what is left, and lets the ledger see it. */
    void free(long freeMib) {
        freeBytes = freeMib << 20;
        advanceMs(1000);
    }

    TestStore(ShareStrategy strategy) {
        this.strategy = strategy;
        this.ledger = open();
    }

    private Ledger open() {
        return open(engine);
    }

    private Ledger open(Engine view) {
        Clock clock = new Clock() {
            @Override
            public long wallMs() {
                return wallMs;
            }

            @Override
            public long monotonicNs() {
                return monotonicNs;
            }
        };
        StoreOptions options = StoreOptions.in(Path.of("memory"), e -> {
                    throw new AssertionError(e);
                })
                .withWillGraceMs(GRACE_MS)
                .withShareStrategy(strategy)
                .withSpaceLimits(new SpaceLimits(400L << 20, 300L << 20, 200L << 20, 100L << 20, 0))
                .withSpaceSource(new SpaceSource() {
                    @Override
                    public long totalBytes() {
                        return totalBytes;
                    }

                    @Override
                    public long freeBytes() {
                        return freeBytes;
                    }
                })
                .withClock(clock);
        return Ledger.open(view, options, router, new Inline(), new StartProgress(clock));
    }

    /** Runs the ledger until it has nothing to do. */
    void run() {
        for (int i = 0; i < 10_000; i++) {
            if (!ledger.step()) {
                return;
            }
        }
        throw new AssertionError("the ledger does not come to rest");
    }

    void advanceMs(long ms) {
        wallMs += ms;
        monotonicNs += ms * 1_000_000;
        run();
    }

    /** Opens the store again and counts what that takes. */
    CountingEngine countAndReopen() {
        CountingEngine counting = new CountingEngine(engine);
        router = new ListRouter();
        ledger = open(counting);
        return counting;
    }

    /** The process dies: everything that was not synced is lost. */
    void crash() {
        reopen(engine.crash(0));
    }

    void reopen(MemoryEngine found) {
        engine = found;
        router = new ListRouter();
        ledger = open();
        run();
    }

    /** What waits for share groups: the full filter and the payload of each message. */
    List<String> groupRows() {
        List<String> rows = new ArrayList<>();
        try (Engine.Rows scan = engine.scan(Family.GROUP.index(), new byte[0], null)) {
            while (scan.next()) {
                EntryValue v = Values.parse(EntryValue.parser(), scan.value(), Family.GROUP);
                rows.add(Keys.groupFilter(scan.key()) + " "
                        + v.getMessage().getPayload().toStringUtf8());
            }
        }
        return rows;
    }

    Client client(String id) {
        return new Client(id);
    }

    static Message message(String topic, String payload, int qos) {
        return message(topic, payload, qos, Message.NEVER);
    }

    static Message message(String topic, String payload, int qos, long expiresAtMs) {
        return new Message(utf8(topic), utf8(payload), new byte[0], qos, START_MS, expiresAtMs);
    }

    static byte[] utf8(String s) {
        return s.getBytes(StandardCharsets.UTF_8);
    }

    /** A connection that does what it is told and keeps what it gets. */
    final class Client implements SessionLink {
        final String id;
        final Lane lane = Runnable::run;

        @Nullable
        Attachment attachment;

        final List<Entry> entries = new ArrayList<>();
        final List<Submission> completed = new ArrayList<>();

        @Nullable
        Page page;

        int receiveMaximum = 65_535;
        int maximumDelivery = Integer.MAX_VALUE;
        boolean takenOver;
        boolean detachOnTakeOver = true;
        long sentBelow;

        Client(String id) {
            this.id = id;
        }

        Client connect() {
            return connect(false, Command.NO_EXPIRY, null);
        }

        Client connect(boolean cleanStart, long expiryS, @Nullable Will will) {
            Submission s = new Submission(this, null, 0);
            s.add(new Attach(id, cleanStart, expiryS, will, receiveMaximum));
            ledger.submit(s);
            run();
            return this;
        }

        Attachment attachment() {
            return Objects.requireNonNull(attachment, "not attached");
        }

        Submission submission() {
            return new Submission(this, attachment().session(), attachment().generation());
        }

        Submission submit(Command command) {
            Submission s = submission();
            s.add(command);
            ledger.submit(s);
            run();
            return s;
        }

        Client subscribe(String filter, int qos) {
            return subscribe(new Subscription(attachment().session(), filter, null, qos, false, false, 0, 0));
        }

        Client share(String name, String filter, int qos) {
            return subscribe(new Subscription(attachment().session(), filter, name, qos, false, false, 0, 0));
        }

        Client subscribe(Subscription subscription) {
            submit(new Subscribe(1, List.of(subscription)));
            return this;
        }

        Publish publish(String topic, String payload, int qos) {
            return publish(message(topic, payload, qos), false, 7);
        }

        Publish publish(Message m, boolean retain, int packetId) {
            Publish p = new Publish(packetId, retain, m, router.route(m.topic()));
            submit(p);
            return p;
        }

        void finish(long... sequences) {
            Submission s = submission();
            for (long sequence : sequences) {
                s.finished(sequence);
            }
            ledger.submit(s);
            run();
        }

        void receive(long... sequences) {
            Submission s = submission();
            for (long sequence : sequences) {
                s.received(sequence);
            }
            ledger.submit(s);
            run();
        }

        void barrier() {
            Submission s = submission();
            s.barrier();
            ledger.submit(s);
            run();
        }

        void detach(DetachReason reason) {
            submit(new Detach(reason, sentBelow, -1));
        }

        List<Entry> readPage() {
            ledger.readPage(
                    this,
                    attachment().session(),
                    attachment().generation(),
                    attachment().head(),
                    Long.MAX_VALUE - 1,
                    Integer.MAX_VALUE);
            return Objects.requireNonNull(page).entries();
        }

        List<String> payloads() {
            return payloads(entries);
        }

        static List<String> payloads(List<Entry> entries) {
            return entries.stream()
                    .map(e -> new String(e.message().payload(), StandardCharsets.UTF_8))
                    .toList();
        }

        @Override
        public Lane lane() {
            return lane;
        }

        @Override
        public void completed(Submission s) {
            completed.add(s);
            if (!s.commands().isEmpty() && s.commands().get(0) instanceof Attach attach) {
                attachment = attach.attachment();
                if (attachment != null) {
                    sentBelow = attachment.resendBelow();
                }
            }
        }

        @Override
        public void deliver(Delivery delivery) {
            assertTrue(delivery.entries().size() <= maximumDelivery, "too much in one group");
            long next = delivery.fromSequence();
            for (Entry entry : delivery.entries()) {
                if (entry.sequence() != Entry.UNQUEUED) {
                    assertEquals(next++, entry.sequence(), "a gap in what a delivery says it holds");
                }
            }
            assertEquals(delivery.toSequence(), next, "the end of a delivery");
            entries.addAll(delivery.entries());
            sentBelow = Math.max(sentBelow, delivery.toSequence());
        }

        @Override
        public void page(Page page) {
            this.page = page;
        }

        @Override
        public void takeOver(long generation) {
            takenOver = true;
            if (detachOnTakeOver) {
                Submission s = submission();
                s.add(new Detach(DetachReason.CONNECTION_LOST, sentBelow, -1));
                ledger.submit(s);
            }
        }

        @Override
        public void flush() {}
    }

    /** Runs everything at once, on the caller's thread. */
    private static final class Inline extends AbstractExecutorService implements ExecutorService {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return true;
        }

        @Override
        public boolean isTerminated() {
            return true;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
