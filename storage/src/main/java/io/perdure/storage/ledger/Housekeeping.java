package io.perdure.storage.ledger;

import io.perdure.storage.SpaceStage;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the ledger does by the clock. Owned by its thread; scans that take long run in the background. */
final class Housekeeping {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private static final long ALIVE_INTERVAL_MS = 1000;
    /** The system's clock may drift so far before it counts as set. */
    private static final long STEP_MS = 2000;

    private static final long TRIM_INTERVAL_MS = 500;
    private static final long BODY_SWEEP_INTERVAL_MS = 30_000;
    /** The pause after a scan of all queues is so many times as long as the scan. */
    private static final int BODY_SWEEP_PAUSE = 50;

    private static final long URGENT_BODY_SWEEP_INTERVAL_MS = 2000;
    private static final int URGENT_BODY_SWEEP_PAUSE = 5;
    /** So many trimmed entries are worth a flush, which frees their space in tables and log. */
    private static final long FLUSH_TRIMMED_ENTRIES = 200_000;

    private final Shard shard;
    private final LedgerClock clock;
    private final Trimmer trimmer;
    private final BodySweeper bodies;
    private final Executor background;
    private final Consumer<Runnable> ledger;
    private long nextAliveMs;
    private long notedAheadMs;
    private long nextTrimMs;
    private long bodySweepEndMs = Long.MIN_VALUE / 2;
    private long bodySweepTookMs;
    private long bodySweepStartMs;
    private long trimmedSinceFlush;
    private boolean bodySweepRuns;

    /**
     * @param background runs what takes long
     * @param ledger runs a task on the ledger's thread, between groups
     */
    Housekeeping(Shard shard, LedgerClock clock, Trimmer trimmer, Executor background, Consumer<Runnable> ledger) {
        this.shard = shard;
        this.clock = clock;
        this.notedAheadMs = clock.systemAheadMs();
        this.trimmer = trimmer;
        this.bodies = new BodySweeper(shard.engine);
        this.background = background;
        this.ledger = ledger;
    }

    /** Does what is due. To be called when all rows are committed. */
    void run(long nowMs) {
        boolean stepped = clockStepped();
        if (stepped || (shard.connections() > 0 && nowMs >= nextAliveMs)) {
            nextAliveMs = nowMs + ALIVE_INTERVAL_MS;
            shard.rows().alive(clock);
            // after a power cut, expiry of what is connected now is counted from it
            shard.group.mustSync();
        }
        if (!trimmer.isIdle() && nowMs >= nextTrimMs) {
            nextTrimMs = nowMs + TRIM_INTERVAL_MS;
            trim();
        }
        if (shard.bodiesMayBeUnused() && !bodySweepRuns && nowMs >= nextBodySweepMs()) {
            shard.bodiesSwept();
            bodySweepRuns = true;
            bodySweepStartMs = nowMs;
            long below = shard.nextPosition();
            background.execute(() -> sweepBodies(below));
        }
        shard.reclaimer.run(nowMs);
    }

    private long nextBodySweepMs() {
        return bodySweepEndMs
                + (shard.space.stage().atLeast(SpaceStage.REFUSE_PUBLISH)
                        ? Math.max(URGENT_BODY_SWEEP_INTERVAL_MS, bodySweepTookMs * URGENT_BODY_SWEEP_PAUSE)
                        : Math.max(BODY_SWEEP_INTERVAL_MS, bodySweepTookMs * BODY_SWEEP_PAUSE));
    }

    /** Whether the system's clock was set: noted at once, or the next start would take the step for time that went by. */
    private boolean clockStepped() {
        long aheadMs = clock.systemAheadMs();
        long stepMs = aheadMs - notedAheadMs;
        if (Math.abs(stepMs) < STEP_MS) {
            return false;
        }
        notedAheadMs = aheadMs;
        LOG.info("the system's clock was set by {} s; nothing expires earlier or later for it", stepMs / 1000);
        return true;
    }

    private void trim() {
        trimmer.trim(shard.rows(), shard::entriesGone);
        trimmedSinceFlush += trimmer.takeTrimmedEntries();
        if (trimmedSinceFlush >= FLUSH_TRIMMED_ENTRIES && trimmer.isIdle()) {
            trimmedSinceFlush = 0;
            background.execute(this::flushQueue);
        }
    }

    private void flushQueue() {
        try {
            shard.engine.flush(Family.QUEUE.index());
        } catch (RuntimeException e) {
            ledger.accept(() -> {
                throw e; // nothing more can be written then: the ledger stops, also if nobody writes
            });
        }
    }

    private void sweepBodies(long below) {
        try {
            List<BodySweeper.Garbage> found = bodies.find(below);
            ledger.accept(() -> found.forEach(this::remove));
        } finally {
            ledger.accept(() -> bodySweepRuns = false);
        }
    }

    private void remove(BodySweeper.Garbage g) {
        shard.rows().removeBodies(g.from(), g.to());
        shard.reclaimer.freed(Family.MESSAGE, Keys.message(g.from()), Keys.message(g.to()));
    }

    /** To be called with the time after tasks of the background have run. */
    void tasksDone(long nowMs) {
        if (!bodySweepRuns && bodySweepStartMs > 0) {
            bodySweepTookMs = nowMs - bodySweepStartMs;
            bodySweepEndMs = nowMs;
            bodySweepStartMs = 0;
        }
        shard.reclaimer.tasksDone(nowMs);
    }

    /** When {@link #run} has something to do next. */
    long nextMs() {
        long next = shard.connections() > 0 ? nextAliveMs : Long.MAX_VALUE;
        if (!trimmer.isIdle()) {
            next = Math.min(next, nextTrimMs);
        }
        return shard.bodiesMayBeUnused() && !bodySweepRuns ? Math.min(next, nextBodySweepMs()) : next;
    }
}
