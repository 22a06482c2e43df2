package io.perdure.recovery.crash;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What the participants of a run wait for. Safe for many threads. */
final class Stage {

    private boolean up;
    private boolean draining;
    private boolean over;
    private int changes;
    private long deliveries;

    synchronized void up(boolean value) {
        up = value;
        changed();
    }

    synchronized void drain() {
        draining = true;
        changed();
    }

    synchronized void end() {
        over = true;
        changed();
    }

    private synchronized void changed() {
        changes++;
        notifyAll();
    }

    synchronized void delivered() {
        deliveries++;
    }

    synchronized long deliveries() {
        return deliveries;
    }

    synchronized boolean draining() {
        return draining;
    }

    synchronized boolean over() {
        return over;
    }

    /** Waits until there may be a broker to connect to, or the run is over. */
    synchronized boolean awaitUp() {
        await(TimeUnit.MINUTES.toMillis(5), () -> up || over);
        return up && !over;
    }

    /** Lets time pass, until something changes. */
    synchronized void pause(long timeMs) {
        int before = changes;
        await(timeMs, () -> changes != before);
    }

    private synchronized void await(long timeoutMs, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            while (!condition.getAsBoolean()) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
