package io.perdure.recovery.sim;

import io.perdure.storage.Lane;
import java.util.ArrayDeque;
import java.util.Deque;

/** An event loop: its tasks wait until the scheduler runs one. */
final class SimLane implements Lane {

    private final Deque<Runnable> tasks = new ArrayDeque<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    boolean hasWork() {
        return !tasks.isEmpty();
    }

    void runOne() {
        tasks.remove().run();
    }
}
