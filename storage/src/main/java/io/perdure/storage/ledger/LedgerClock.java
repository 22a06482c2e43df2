package io.perdure.storage.ledger;

import io.perdure.storage.StoreOptions.Clock;

/**
 * The time in which all times of a store are: ms since 1970, and without steps. While the store is open, the monotonic clock
 * counts, whatever is done to the system's; across a restart the system's clock says how much time has passed. Any thread.
 */
final class LedgerClock {

    private final Clock clock;
    private final long startMs;
    private final long startNs;

    LedgerClock(Clock clock, LastAlive last) {
        this.clock = clock;
        this.startMs = last.ledgerMs() + last.elapsedMs(clock.wallMs());
        this.startNs = clock.monotonicNs();
    }

    long nowMs() {
        return startMs + (clock.monotonicNs() - startNs) / 1_000_000;
    }

    /** What the system's clock says. */
    long systemMs() {
        return clock.wallMs();
    }

    /** How far the system's clock is ahead of this one: a change of it is a step of the system's clock. */
    long systemAheadMs() {
        return systemMs() - nowMs();
    }
}
