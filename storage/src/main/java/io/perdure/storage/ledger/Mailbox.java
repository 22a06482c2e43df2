package io.perdure.storage.ledger;

import io.perdure.storage.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the ledger: many producers, one consumer.
 *
 * <p>Bound: producers stop reading from their peers while {@link #overloaded}; each may have one burst under way then.
 */
final class Mailbox {

    /** Weight at which producers are asked to stop. */
    private static final long LIMIT_BYTES = 64L << 20;

    private final Object lock = new Object();
    private List<Object> filling = new ArrayList<>();
    private List<Object> spare = new ArrayList<>();
    private final AtomicLong weightBytes = new AtomicLong();
    private volatile boolean parked;
    private volatile @Nullable Thread consumer;

    /** For the consumer's thread, before it takes anything. */
    void setConsumer(Thread thread) {
        consumer = thread;
    }

    void offer(Submission submission) {
        weightBytes.addAndGet(submission.weightBytes());
        put(submission);
    }

    void offer(Runnable task) {
        put(task);
    }

    private void put(Object item) {
        synchronized (lock) {
            filling.add(item);
        }
        if (parked) {
            LockSupport.unpark(consumer);
        }
    }

    /** The consumer is done with a submission. */
    void done(Submission submission) {
        weightBytes.addAndGet(-submission.weightBytes());
    }

    boolean overloaded() {
        return weightBytes.get() > LIMIT_BYTES;
    }

    /** Takes everything, in order; valid until the next call. */
    List<Object> takeAll() {
        spare.clear();
        synchronized (lock) {
            List<Object> taken = filling;
            filling = spare;
            spare = taken;
            return taken;
        }
    }

    boolean isEmpty() {
        synchronized (lock) {
            return filling.isEmpty();
        }
    }

    /** Waits until there is something, or for a time. */
    void await(long timeoutNs) {
        parked = true;
        try {
            if (isEmpty()) {
                LockSupport.parkNanos(this, timeoutNs);
            }
        } finally {
            parked = false;
        }
    }

    /** Ends a wait. */
    void wake() {
        LockSupport.unpark(consumer);
    }
}
