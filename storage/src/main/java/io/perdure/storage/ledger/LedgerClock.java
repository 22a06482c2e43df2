package io.perdure.storage.ledger;

import io.perdure.storage.StoreOptions.Clock;

/**
 * Wall time that does not step: the wall clock is trusted when the store is opened, the monotonic clock from then on. If
 * the wall clock is behind the last time at which the store was alive, nothing has elapsed. Any thread.
 */
final class LedgerClock {

    private final Clock clock;
    private final long startMs;
    private final long startNs;

    /** @param lastAliveMs the last time known from before, 0 if there is none */
    LedgerClock(Clock clock, long lastAliveMs) {
        this.clock = clock;
        this.startMs = Math.max(clock.wallMs(), lastAliveMs);
        this.startNs = clock.monotonicNs();
    }

    long nowMs() {
        return startMs + (clock.monotonicNs() - startNs) / 1_000_000;
    }
}
