package io.perdure.storage.ledger;

import io.perdure.storage.Command;
import io.perdure.storage.Command.Attach;
import io.perdure.storage.Command.Detach;
import io.perdure.storage.Command.Publish;
import io.perdure.storage.Command.Release;
import io.perdure.storage.Command.Subscribe;
import io.perdure.storage.Command.Unsubscribe;
import io.perdure.storage.Page;
import io.perdure.storage.RecoveryReport;
import io.perdure.storage.Router;
import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.SpaceReport;
import io.perdure.storage.Store;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Submission;
import io.perdure.storage.engine.Engine;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a store: takes what has arrived, decides it command by command, writes one batch, syncs once,
 * releases the outcomes, and begins again. Groups grow by themselves under load, since all that arrives during a sync is
 * in the next one.
 *
 * <p>{@link #step} does one such round and may be driven by a test; {@link #start} runs it on a thread of its own, which
 * then owns all state.
 */
public final class Ledger implements Store {

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    private static final long MAX_WAIT_MS = 1000;
    private static final long STOP_TIMEOUT_MS = 30_000;

    private final Engine engine;
    private final StoreOptions options;
    private final ExecutorService background;
    private final Mailbox mailbox = new Mailbox();
    private final LedgerClock clock;
    private final SpaceGauge space;
    private final Group group;
    private final Shard shard;
    private final Publishing publishing;
    private final SharedGroups groups;
    private final RetainedReplays replays;
    private final Sessions sessions;
    private final ExpirySweeper sweeper;
    private final Housekeeping housekeeping;
    private final PageReader pages;
    private final RecoveryReport report;
    private final Thread thread;
    private volatile boolean closing;
    private volatile boolean failed;

    /** See {@link Loader#load}. */
    Ledger(Engine engine, StoreOptions options, Router router, ExecutorService background, StartProgress progress) {
        this.engine = engine;
        this.options = options;
        this.background = background;
        Trimmer trimmer = new Trimmer();
        this.space = new SpaceGauge(options.directory(), options.spaceSource(), options.spaceLimits(), background);
        this.group = new Group(engine, options.durability(), trimmer, space);
        Reclaimer reclaimer = new Reclaimer(engine, space, this::inBackground, mailbox::offer);
        this.shard = new Shard(engine, router, group, space, reclaimer);
        this.groups = new SharedGroups(shard, options.shareStrategy());
        this.publishing = new Publishing(shard, groups);
        this.replays = new RetainedReplays(shard);
        this.sessions = new Sessions(shard, publishing, groups, replays, this::commit);
        this.sweeper = new ExpirySweeper(shard);
        LastAlive last = LastAlive.read(engine);
        this.clock = new LedgerClock(options.clock(), last);
        this.housekeeping = new Housekeeping(shard, clock, trimmer, this::inBackground, mailbox::offer);
        this.pages = new PageReader(engine);
        this.thread = new Thread(this::run, "perdure-ledger");
        Loader loader =
                new Loader(engine, options, shard, sessions, groups, replays, publishing, this::commit, progress);
        space.begin(clock.nowMs());
        try {
            loader.load(last, clock);
            sweeper.load();
        } catch (RuntimeException e) {
            shard.withdraw();
            throw e;
        }
        commit();
        this.report = loader.report();
    }

    /**
     * Opens the ledger of a store: loads its sessions into {@code router} and memory, and settles what happened while it
     * was down. Nothing runs before {@link #start}.
     *
     * @param background runs reads and scans; closed with the ledger
     * @param progress where the start has got to; what it notes goes into the report
     * @throws StoreException if the store can't be read, or is of a newer format; {@code router} is as it was
     */
    public static Ledger open(
            Engine engine, StoreOptions options, Router router, ExecutorService background, StartProgress progress) {
        return new Ledger(engine, options, router, background, progress);
    }

    /** Starts the ledger's thread. */
    public void start() {
        mailbox.setConsumer(thread);
        thread.start();
    }

    @Override
    public RecoveryReport report() {
        return report;
    }

    @Override
    public void submit(Submission submission) {
        if (!failed) {
            mailbox.offer(submission);
        }
    }

    @Override
    public boolean overloaded() {
        return mailbox.overloaded();
    }

    @Override
    public SpaceReport space() {
        return space.report();
    }

    @Override
    public long nowMs() {
        return clock.nowMs();
    }

    @Override
    public void readPage(
            SessionLink link, SessionRef session, long generation, long from, long end, int maxWeightBytes) {
        try {
            background.execute(() -> {
                Page page;
                try {
                    page = pages.read((SessionState) session, generation, from, end, maxWeightBytes);
                } catch (RuntimeException e) {
                    if (!closing) {
                        fail(e);
                    }
                    return;
                }
                link.lane().execute(() -> {
                    link.page(page);
                    link.flush();
                });
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("a page was asked for after the store was closed");
        }
    }

    private void run() {
        try {
            while (!closing) {
                if (!step()) {
                    mailbox.await(TimeUnit.MILLISECONDS.toNanos(waitMs()));
                }
            }
            finish();
        } catch (StoreException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            LOG.error("the ledger has stopped", e);
            fail(e);
        }
    }

    /**
     * The last rounds: completes what was submitted before the stop (what else is left goes on after the next start), and
     * marks the stop as clean. For a test that drives the ledger; {@link #close} has its thread do it.
     */
    public void finish() {
        do {
            step();
        } while (!mailbox.isEmpty());
        shard.rows().cleanStop(clock);
        group.mustSync();
        commit();
    }

    /** Runs what may be tried again later if it fails, as it does when the store is closed meanwhile. */
    private void inBackground(Runnable task) {
        background.execute(() -> {
            try {
                task.run();
            } catch (StoreException e) {
                if (!closing) {
                    LOG.error("work in the background failed, tried again later: {}", e.getMessage());
                }
            }
        });
    }

    private void fail(Throwable cause) {
        boolean first;
        synchronized (this) {
            first = !failed;
            failed = true;
        }
        if (first) {
            options.onFailure().accept(cause);
        }
    }

    private long waitMs() {
        long next = Math.min(housekeeping.nextMs(), Math.min(shard.nextTimerMs(), shard.nextDeadlineMs()));
        return Math.max(1, Math.min(MAX_WAIT_MS, next - clock.nowMs()));
    }

    /**
     * One round: what is due by the clock, then all that has arrived, in one group.
     *
     * @return whether another round has something to do at once
     */
    public boolean step() {
        long nowMs = clock.nowMs();
        space.lookIfDue(nowMs);
        boolean more = replays.step(nowMs);
        more |= groups.giveOut(nowMs);
        sweeper.sweep(nowMs);
        housekeeping.run(nowMs);
        sessions.runTimers(nowMs);
        List<Object> arrived = mailbox.takeAll();
        for (int i = 0; i < arrived.size(); i++) {
            if (arrived.get(i) instanceof Submission submission) {
                decide(submission, nowMs);
                mailbox.done(submission);
                if (group.isFull()) {
                    commit();
                }
            } else {
                ((Runnable) arrived.get(i)).run();
                housekeeping.tasksDone(nowMs);
            }
        }
        boolean worked = !group.isEmpty();
        if (worked) {
            commit();
        }
        return more || worked;
    }

    private void commit() {
        group.commit();
        space.lookIfDue(clock.nowMs());
    }

    private void decide(Submission submission, long nowMs) {
        List<Command> commands = submission.commands();
        if (submission.session() == null) {
            sessions.attach(submission, (Attach) commands.get(0), nowMs);
            return;
        }
        SessionState s = (SessionState) Objects.requireNonNull(submission.session());
        if (!isCurrent(s, submission)) {
            return;
        }
        advanceCursor(s, submission);
        for (int i = 0; i < commands.size(); i++) {
            decide(s, commands.get(i), nowMs);
        }
        if (isCurrent(s, submission)) { // else it ended with a Detach: nobody is there to be answered
            group.complete(submission);
        }
    }

    private static boolean isCurrent(SessionState s, Submission submission) {
        return s.attached() == submission.link() && s.generation == submission.generation();
    }

    private void decide(SessionState s, Command command, long nowMs) {
        if (command instanceof Publish publish) {
            publishing.publish(s, publish, nowMs);
        } else if (command instanceof Release release) {
            release(s, release);
        } else if (command instanceof Subscribe subscribe) {
            sessions.subscribe(s, subscribe);
        } else if (command instanceof Unsubscribe unsubscribe) {
            sessions.unsubscribe(s, unsubscribe);
        } else if (command instanceof Detach detach) {
            sessions.detach(s, detach, nowMs);
        } else {
            throw new IllegalArgumentException("not allowed here: " + command);
        }
    }

    private void release(SessionState s, Release release) {
        release.complete(s.hasInbound(release.packetId()));
        if (release.known()) {
            s.removeInbound(release.packetId());
            if (s.recorded) {
                shard.rows().removeInbound(s, release.packetId());
                group.mustSync();
            }
        }
    }

    private void advanceCursor(SessionState s, Submission submission) {
        int finished = submission.finishedCount();
        int received = submission.receivedCount();
        boolean raise = submission.wantedSentLimit() > s.cursor.sentLimit();
        for (int i = 0; i < finished; i++) {
            s.cursor.finish(submission.finishedAt(i));
        }
        for (int i = 0; i < received; i++) {
            s.cursor.release(submission.receivedAt(i));
        }
        if (raise) {
            s.cursor.raiseSentLimit(submission.wantedSentLimit());
        }
        if (submission.isBarrier()) {
            s.cursor.touch();
        }
        if (finished > 0) {
            groups.freed(s);
        }
        if (finished > 0 || received > 0 || raise || submission.isBarrier()) {
            group.cursorChanged(s);
        }
        if (received > 0 || raise || submission.isBarrier()) {
            group.mustSyncFor(s);
        }
    }

    @Override
    public void close() {
        if (!closing) {
            engine.stopReclaiming();
        }
        closing = true;
        mailbox.wake();
        try {
            thread.join(STOP_TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        background.shutdown();
        group.close();
        engine.close(); // what runs in the background finds it closed, and ends
    }

    /** For tests: the state of a session, as decided. */
    @Nullable
    SessionState session(String clientId) {
        return shard.find(clientId);
    }
}
