package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.nio.file.Path;

/**
 * Counts who is using native objects, so that closing waits for them instead of freeing memory under their feet. Any
 * thread; lives as long as its engine.
 */
final class Gate {

    private static final long CLOSE_TIMEOUT_MS = 30_000;

    private final Path directory;
    private volatile boolean closing;
    private int inside;

    Gate(Path directory) {
        this.directory = directory;
    }

    /** To be followed by one {@link #leave}. */
    synchronized void enter() {
        checkOpen();
        inside++;
    }

    synchronized void leave() {
        if (--inside == 0 && closing) {
            notifyAll();
        }
    }

    void checkOpen() {
        if (closing) {
            throw new StoreException("the store in " + directory + " has been closed");
        }
    }

    /**
     * Lets nobody in any more and waits until all have left.
     *
     * @param hurry runs before the wait: makes those inside leave early
     * @return false if it was closed before
     */
    synchronized boolean close(Runnable hurry) {
        if (closing) {
            return false;
        }
        closing = true;
        hurry.run();
        long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT_MS * 1_000_000;
        boolean interrupted = false;
        while (inside > 0) {
            long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                throw new StoreException("the store in " + directory + " was not closed: " + inside
                        + " reads did not end; the process should be stopped");
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return true;
    }
}
