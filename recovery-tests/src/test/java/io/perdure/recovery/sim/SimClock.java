package io.perdure.recovery.sim;

import io.perdure.storage.StoreOptions.Clock;
import java.util.concurrent.TimeUnit;

/** Time that passes when it is told to; the same for the broker and all clients. */
final class SimClock implements Clock {

    private long nowNs = TimeUnit.DAYS.toNanos(10_000);

    void advanceNs(long ns) {
        nowNs += ns;
    }

    @Override
    public long wallMs() {
        return TimeUnit.NANOSECONDS.toMillis(nowNs);
    }

    @Override
    public long monotonicNs() {
        return nowNs;
    }

    /** The time of an event: no two have the same. */
    long eventNs() {
        return nowNs++;
    }
}
