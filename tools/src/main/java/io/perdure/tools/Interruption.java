package io.perdure.tools;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in order when the process is told to stop (Ctrl-C, SIGTERM): the command asks {@link #requested}
 * and stops, and the process waits for it, but not for long. One for each run of a command; closed by it.
 */
final class Interruption implements AutoCloseable {

    private static final long PATIENCE_MS = 5_000;
    private static final int NONE = -1;

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook = new Thread(this::request, "interruption");
    private final long patienceMs;
    private volatile boolean requested;
    private volatile int exitCode = NONE;

    private Interruption(long patienceMs) {
        this.patienceMs = patienceMs;
    }

    /** Starts to listen. */
    static Interruption install() {
        return install(PATIENCE_MS);
    }

    /**
     * Starts to listen.
     *
     * @param patienceMs how long the process waits for the command to end
     */
    static Interruption install(long patienceMs) {
        Interruption interruption = new Interruption(patienceMs);
        Runtime.getRuntime().addShutdownHook(interruption.hook);
        return interruption;
    }

    private void request() {
        requested = true;
        try {
            ended.await(patienceMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (exitCode != NONE) {
            Runtime.getRuntime().halt(exitCode);
        }
    }

    boolean requested() {
        return requested;
    }

    /** What the process exits with if it was told to stop, instead of the signal's code; all output is flushed. */
    void exitCode(int code) {
        exitCode = code;
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
