package io.perdure.tools;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in order when the process is told to stop (Ctrl-C, SIGTERM): the command asks {@link #requested}
 * and stops, and the process waits for it, but not for long. One for each run of a command; closed by it.
 */
final class Interruption implements AutoCloseable {

    private static final long PATIENCE_MS = 5_000;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::request, "interruption");
    private volatile boolean requested;

    private Interruption() {}

    /** Starts to listen. */
    static Interruption install() {
        Interruption interruption = new Interruption();
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void request() {
        requested = true;
        try {
            ended.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean requested() {
        return requested;
    }

    /** The command has ended: the process may. */
    @Override
    public void close() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            // then the hook has been let go by the latch
        }
    }
}
