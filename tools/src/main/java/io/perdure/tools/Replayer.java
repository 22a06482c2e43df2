package io.perdure.tools;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Publishes messages in order, with a bounded number of them unacknowledged. {@link #run} blocks its thread; what the
 * target reports may come on another. For one run.
 */
final class Replayer {

    /** The most messages that are held in memory, unacknowledged. */
    static final int WINDOW = 256;

    private static final int MAX_REASONS = 10;
    private static final long TICK_MS = 100;

    private final ReplayTarget target;
    private final Pacer pacer;
    private final ReplayProgress progress;
    private final LongSupplier wallMs;
    private final BooleanSupplier stopRequested;
    private final long patienceMs;
    private final Semaphore window = new Semaphore(WINDOW);
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final List<String> reasons = new ArrayList<>();
    private long published;
    private long expired;

    /**
     * @param stopRequested when true, nothing more is published, and what is under way is waited for, shortly
     * @param patienceMs how long to wait for any acknowledgement
     */
    Replayer(
            ReplayTarget target,
            Pacer pacer,
            ReplayProgress progress,
            LongSupplier wallMs,
            BooleanSupplier stopRequested,
            long patienceMs) {
        this.target = target;
        this.pacer = pacer;
        this.progress = progress;
        this.wallMs = wallMs;
        this.stopRequested = stopRequested;
        this.patienceMs = patienceMs;
    }

    ReplaySummary run(Iterator<Outgoing> messages) {
        long startNs = System.nanoTime();
        boolean complete = publishAll(messages);
        boolean interrupted = !complete && stopRequested.getAsBoolean();
        boolean answered = awaitAnswers(WINDOW, interrupted ? Math.min(patienceMs, 3_000) : patienceMs);
        progress.clear();
        long done = acknowledged.get();
        long refused = failed.get();
        if (!complete && !interrupted) {
            note(target.lost() ? "the connection was lost before the end" : "the target does not acknowledge any more");
        }
        return new ReplaySummary(
                published,
                done,
                expired,
                refused,
                answered ? 0 : published - done - refused,
                complete,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs),
                List.copyOf(reasons()));
    }

    private boolean publishAll(Iterator<Outgoing> messages) {
        while (messages.hasNext()) {
            if (stopRequested.getAsBoolean() || target.lost()) {
                return false;
            }
            Outgoing next = messages.next();
            if (next.message().expired(wallMs.getAsLong())) {
                expired++;
                continue;
            }
            if (!pause(pacer.take(System.nanoTime())) || !awaitAnswers(1, patienceMs)) {
                return false;
            }
            window.acquireUninterruptibly();
            publish(next);
            progress.update(published, acknowledged.get(), System.nanoTime());
        }
        return true;
    }

    private void publish(Outgoing next) {
        published++;
        target.publish(next, wallMs.getAsLong(), failure -> {
            if (failure == null) {
                acknowledged.incrementAndGet();
            } else {
                failed.incrementAndGet();
                note(PrintableText.of(next.topic()) + ": " + PrintableText.of(failure));
            }
            window.release();
        });
    }

    /** Waits until so many places of the window are free; gives up if nothing moves for too long. */
    private boolean awaitAnswers(int places, long maxWaitMs) {
        long lastMoveNs = System.nanoTime();
        int lastFree = -1;
        try {
            while (!window.tryAcquire(places, TICK_MS, TimeUnit.MILLISECONDS)) {
                long nowNs = System.nanoTime();
                int free = window.availablePermits();
                if (free != lastFree) {
                    lastFree = free;
                    lastMoveNs = nowNs;
                }
                boolean stopping = places == 1 && stopRequested.getAsBoolean();
                if (stopping || nowNs - lastMoveNs > TimeUnit.MILLISECONDS.toNanos(maxWaitMs)) {
                    return false;
                }
                progress.update(published, acknowledged.get(), nowNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        window.release(places);
        return true;
    }

    private boolean pause(long waitNs) {
        long untilNs = System.nanoTime() + waitNs;
        for (long leftNs = waitNs; leftNs > 0; leftNs = untilNs - System.nanoTime()) {
            if (stopRequested.getAsBoolean() || target.lost()) {
                return false;
            }
            LockSupport.parkNanos(Math.min(leftNs, TimeUnit.MILLISECONDS.toNanos(TICK_MS)));
        }
        return true;
    }

    private void note(String reason) {
        synchronized (reasons) {
            if (reasons.size() < MAX_REASONS) {
                reasons.add(reason);
            }
        }
    }

    private List<String> reasons() {
        synchronized (reasons) {
            return List.copyOf(reasons);
        }
    }
}
