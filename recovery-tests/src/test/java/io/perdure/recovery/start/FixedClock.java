package io.perdure.recovery.start;

import io.perdure.storage.StoreOptions.Clock;

/** Clocks that stand still. */
record FixedClock(long wallMs, long monotonicNs) implements Clock {}
