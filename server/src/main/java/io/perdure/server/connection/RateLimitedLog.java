package io.perdure.server.connection;

import io.perdure.storage.StoreOptions.Clock;
import java.util.function.Consumer;

/**
 * Log lines that clients cause: so many a second, then the number of those that were left out.
 *
 * <p>Shared by all event loops; a lock is held for the check only. The summary comes with the first line of a later
 * second, or from {@link #tick}.
 */
public final class RateLimitedLog {

    private static final long SECOND_NS = 1_000_000_000L;

    private final Consumer<String> sink;
    private final Clock clock;
    private final int linesPerSecond;
    private long windowStartNs;
    private int linesInWindow;
    private long leftOut;

    /** @param sink takes the lines, from any event loop */
    public RateLimitedLog(Consumer<String> sink, Clock clock, int linesPerSecond) {
        this.sink = sink;
        this.clock = clock;
        this.linesPerSecond = linesPerSecond;
        this.windowStartNs = clock.monotonicNs();
    }

    /** Writes the line unless there were too many in this second. */
    public void line(String line) {
        tick();
        if (take()) {
            sink.accept(line);
        }
    }

    /** Writes the summary of a second that is over, if it left lines out. */
    public void tick() {
        long missing = roll(clock.monotonicNs());
        if (missing > 0) {
            sink.accept(missing + " more such lines were left out");
        }
    }

    private synchronized boolean take() {
        if (linesInWindow == linesPerSecond) {
            leftOut++;
            return false;
        }
        linesInWindow++;
        return true;
    }

    private synchronized long roll(long nowNs) {
        if (nowNs - windowStartNs < SECOND_NS) {
            return 0;
        }
        long missing = leftOut;
        windowStartNs = nowNs;
        linesInWindow = 0;
        leftOut = 0;
        return missing;
    }
}
