package io.perdure.storage.recovery;

import io.perdure.storage.ledger.StartProgress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log how far a start has got, if it takes longer than a second. A thread of its own, until closed. */
final class ProgressLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProgressLog.class);

    private static final long FIRST_MS = 1_000;
    private static final long INTERVAL_MS = 2_000;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "perdure-start");
        thread.setDaemon(true);
        return thread;
    });

    ProgressLog(StartProgress progress) {
        var unused = timer.scheduleAtFixedRate(
                () -> LOG.info("starting: {}", progress), FIRST_MS, INTERVAL_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
