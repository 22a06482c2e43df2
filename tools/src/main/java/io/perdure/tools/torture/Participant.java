package io.perdure.tools.torture;

import io.perdure.tools.torture.Surroundings.Phase;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client that plays its role on a thread of its own, over any number of connections, until the run ends. */
final class Participant {

    private static final int TURN_MS = 20;
    private static final long RETRY_MS = 50;
    private static final long JOIN_MS = 15_000;

    private final Role role;
    private final Client client;
    private final Surroundings around;
    private final boolean leavesNothing;
    private final Thread thread;
    /** Whether its session has its subscriptions. */
    private boolean known;

    private volatile boolean joined;
    private volatile @Nullable String unfinished = "has not joined";

    /** @param leavesNothing whether it ends its session at the end */
    Participant(Client.Settings settings, Role role, Surroundings around, boolean leavesNothing) {
        this.role = role;
        this.around = around;
        this.leavesNothing = leavesNothing;
        this.client = new Client(settings, around, role);
        this.thread = new Thread(this::run, settings.clientId());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Whether it was connected and has subscribed at some time. */
    boolean joined() {
        return joined;
    }

    /** What is open; null if nothing is, since the run drains. */
    @Nullable
    String unfinished() {
        return unfinished;
    }

    Trace trace() {
        return client.trace();
    }

    void join() throws InterruptedException {
        thread.join(JOIN_MS);
    }

    private void run() {
        try {
            for (Phase phase = around.phase(); phase != Phase.END; phase = around.phase()) {
                turn(phase);
            }
            leave();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            client.close();
        }
    }

    private void turn(Phase phase) throws InterruptedException {
        try {
            if (!client.connected()) {
                if (around.awaitUp(TimeUnit.SECONDS.toMillis(1))) {
                    comeBack();
                }
                return;
            }
            if (phase == Phase.LOAD) {
                long awayMs = role.step(client, System.nanoTime());
                if (awayMs > 0) {
                    around.pause(awayMs);
                    return;
                }
            } else {
                client.holdNothing();
            }
            client.pump(TURN_MS);
            unfinished = phase == Phase.DRAIN ? client.unfinished() : "is at work";
        } catch (IOException lost) {
            around.pause(RETRY_MS);
        }
    }

    private void comeBack() throws IOException {
        known &= !client.connect();
        role.joined(client, !known);
        known = true;
        joined = true;
    }

    private void leave() {
        try {
            if (leavesNothing) {
                client.endSession();
            } else if (client.connected()) {
                client.leave();
            }
        } catch (IOException gone) {
            // the broker is: nothing to leave
        }
    }
}
