package io.perdure.recovery.time;

import io.perdure.storage.StoreOptions.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** The two clocks of a machine, which a test puts forward and back. Any thread. */
final class SetClock implements Clock {

    private final AtomicLong systemAheadMs = new AtomicLong();
    private final AtomicLong passedMs = new AtomicLong();

    /** Somebody sets the system's clock: no time goes by. */
    void set(Duration ahead) {
        systemAheadMs.addAndGet(ahead.toMillis());
    }

    /** So much time goes by at once, on both clocks. */
    void pass(Duration time) {
        passedMs.addAndGet(time.toMillis());
    }

    @Override
    public long wallMs() {
        return Clock.SYSTEM.wallMs() + passedMs.get() + systemAheadMs.get();
    }

    @Override
    public long monotonicNs() {
        return Clock.SYSTEM.monotonicNs() + passedMs.get() * 1_000_000;
    }
}
