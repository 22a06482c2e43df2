package io.perdure.tools.torture;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What all clients of a run share: who judges, where the broker is, and what is going on. Any thread. */
final class Surroundings {

    /** What a run is at; each follows the one before it. */
    enum Phase {
        /** Publishers publish. */
        LOAD,
        /** They stop; everything on its way arrives. */
        DRAIN,
        /** Everybody leaves. */
        END
    }

    private final Judge judge;
    private final Findings findings;
    private final long originNs = System.nanoTime();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Phase phase = Phase.LOAD;
    private boolean up;
    private boolean retaining;
    private @Nullable Target target;

    Surroundings(Judge judge, Findings findings) {
        this.judge = judge;
        this.findings = findings;
    }

    Judge judge() {
        return judge;
    }

    Findings findings() {
        return findings;
    }

    Trace trace(String clientId) {
        return new Trace(clientId, originNs);
    }

    /** The broker is there. */
    void up(Target where) {
        lock.lock();
        try {
            target = where;
            up = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The broker is gone; no message is to be retained until {@link #retain}. */
    void down() {
        lock.lock();
        try {
            up = false;
            retaining = false;
        } finally {
            lock.unlock();
        }
    }

    /** What is retained has been read: from now on it may be replaced. */
    void retain() {
        lock.lock();
        try {
            retaining = true;
        } finally {
            lock.unlock();
        }
    }

    boolean retaining() {
        lock.lock();
        try {
            return retaining;
        } finally {
            lock.unlock();
        }
    }

    Target target() {
        lock.lock();
        try {
            if (target == null) {
                throw new IllegalStateException("no broker yet");
            }
            return target;
        } finally {
            lock.unlock();
        }
    }

    Phase phase() {
        lock.lock();
        try {
            return phase;
        } finally {
            lock.unlock();
        }
    }

    void phase(Phase next) {
        lock.lock();
        try {
            phase = next;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the broker is there; false if it is not after this time. */
    boolean awaitUp(long timeoutMs) throws InterruptedException {
        lock.lock();
        try {
            long leftNs = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            while (!up && phase != Phase.END && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
            return up;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a while, less if the phase changes. */
    void pause(long timeMs) throws InterruptedException {
        lock.lock();
        try {
            Phase before = phase;
            long leftNs = TimeUnit.MILLISECONDS.toNanos(timeMs);
            while (phase == before && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } finally {
            lock.unlock();
        }
    }
}
