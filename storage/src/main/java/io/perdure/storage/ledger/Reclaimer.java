package io.perdure.storage.ledger;

import io.perdure.storage.SpaceStage;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Gives the space of deleted rows back to the file system while it is short there; at other times that is left to the
 * engine, which does it when it is least work. Owned by the ledger's thread; the work is done in the background.
 *
 * <p>Bound: {@value #MOST_RANGES} ranges between two rounds; others wait until something is deleted there again.
 */
final class Reclaimer {

    private static final int MOST_RANGES = 256;
    private static final long INTERVAL_MS = 10_000;
    private static final long URGENT_INTERVAL_MS = 1000;
    /** The pause after a round is so many times as long as the round. */
    private static final int PAUSE = 10;

    private static final int URGENT_PAUSE = 2;

    private final Engine engine;
    private final SpaceGauge space;
    private final Executor background;
    private final Consumer<Runnable> ledger;
    private Map<Start, byte[]> freed = new LinkedHashMap<>();
    private boolean running;
    private boolean wasUrgent;
    private boolean logIsLong;
    private long startedMs;
    private long tookMs;
    private long endedMs = Long.MIN_VALUE / 2;

    private record Start(Family family, ByteBuffer lower) {}

    Reclaimer(Engine engine, SpaceGauge space, Executor background, Consumer<Runnable> ledger) {
        this.engine = engine;
        this.space = space;
        this.background = background;
        this.ledger = ledger;
    }

    /** Rows of {@code [lower, upper)} were deleted. */
    void freed(Family family, byte[] lower, byte[] upper) {
        if (space.stage() != SpaceStage.OK) {
            Start start = new Start(family, ByteBuffer.wrap(lower));
            if (freed.size() < MOST_RANGES || freed.containsKey(start)) {
                freed.put(start, upper);
            }
        }
    }

    /** Begins a round if it is time to. To be called when all rows are committed. */
    void run(long nowMs) {
        boolean urgent = space.stage().atLeast(SpaceStage.REFUSE_PUBLISH);
        logIsLong |= urgent && !wasUrgent;
        wasUrgent = urgent;
        boolean wanted = logIsLong || !freed.isEmpty();
        long pauseMs =
                urgent ? Math.max(URGENT_INTERVAL_MS, URGENT_PAUSE * tookMs) : Math.max(INTERVAL_MS, PAUSE * tookMs);
        if (running || !wanted || nowMs - endedMs < pauseMs) {
            return;
        }
        List<Map.Entry<Start, byte[]>> ranges = List.copyOf(freed.entrySet());
        freed = new LinkedHashMap<>();
        logIsLong = false;
        running = true;
        startedMs = nowMs;
        background.execute(() -> reclaim(ranges));
    }

    private void reclaim(List<Map.Entry<Start, byte[]>> ranges) {
        try {
            for (Family family : Family.values()) {
                engine.flush(family.index()); // the log goes too
            }
            for (Map.Entry<Start, byte[]> range : ranges) {
                Start start = range.getKey();
                engine.reclaim(start.family().index(), start.lower().array(), range.getValue());
            }
        } finally {
            ledger.accept(() -> running = false);
        }
    }

    /** To be called with the time after tasks of the background have run. */
    void tasksDone(long nowMs) {
        if (!running && startedMs > 0) {
            tookMs = nowMs - startedMs;
            endedMs = nowMs;
            startedMs = 0;
        }
    }
}
