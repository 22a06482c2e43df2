package io.perdure.tools;

/** Spreads messages evenly over time. After a pause it catches up for a moment only. For one thread. */
final class Pacer {

    private static final long MAX_CATCH_UP_NS = 10_000_000;

    private final long intervalNs;
    private boolean started;
    private long dueNs;

    /** @param perSecond 0: no limit */
    Pacer(long perSecond) {
        intervalNs = perSecond == 0 ? 0 : 1_000_000_000 / perSecond;
    }

    /** Takes a place for the next message; returns how long to wait before it is sent. */
    long take(long nowNs) {
        if (intervalNs == 0) {
            return 0;
        }
        if (!started || nowNs - dueNs > MAX_CATCH_UP_NS) {
            started = true;
            dueNs = nowNs;
        }
        long waitNs = Math.max(0, dueNs - nowNs);
        dueNs += intervalNs;
        return waitNs;
    }
}
