package io.perdure.tools.torture;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A broker process on this machine, which is killed with SIGKILL at random moments, now and then while it starts. */
final class LocalBroker implements Subject {

    private static final long START_MS = 60_000;
    private static final long SHORTEST_LIFE_MS = 100;
    private static final long KILL_IN_START_MS = 900;
    private static final int ONE_IN_START_OF = 5;
    private static final String WILL_GRACE = "500ms";
    private static final String LISTENING = "  listening   mqtt://127.0.0.1:";

    private final Plan plan;
    private final Path data;
    private final SplittableRandom random;
    private final Thread lastResort = new Thread(this::kill, "end of the broker");
    private @Nullable Running running;
    private @Nullable Target target;
    private long returnMs;
    private int deaths;

    LocalBroker(Plan plan, Path data, SplittableRandom random) {
        this.plan = plan;
        this.data = data;
        this.random = random;
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** One life of it. */
    private static final class Running {
        private static final int KEPT_LINES = 30;

        private final Process process;
        private final Deque<String> lines = new ArrayDeque<>();
        private final CountDownLatch readyOrGone = new CountDownLatch(1);
        private final long startedNs = System.nanoTime();
        private volatile int port;
        private volatile long readyNs;

        Running(Process process) {
            this.process = process;
            Thread reader = new Thread(this::read, "output of the broker");
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    hear(line);
                }
            } catch (IOException gone) {
                // with the process
            }
            readyOrGone.countDown();
        }

        private void hear(String line) {
            synchronized (lines) {
                lines.addLast(line);
                if (lines.size() > KEPT_LINES) {
                    lines.removeFirst();
                }
            }
            if (line.startsWith(LISTENING)) {
                port = Integer.parseInt(line.substring(LISTENING.length()));
            } else if (line.startsWith("Ready in ")) {
                readyNs = System.nanoTime();
                readyOrGone.countDown();
            }
        }

        String output() {
            synchronized (lines) {
                return String.join("\n", lines);
            }
        }
    }

    @Override
    public String description() {
        return "a broker started here, durability " + plan.durability() + ", killed with SIGKILL";
    }

    @Override
    public Target begin() throws TortureException {
        try {
            start();
            awaitReady(() -> false);
            return target();
        } catch (IOException e) {
            throw new TortureException(String.valueOf(e.getMessage()));
        }
    }

    private Running start() throws IOException {
        List<String> command = new ArrayList<>(plan.command());
        command.addAll(List.of(
                "--data", data.toString(), "--listen", "mqtt://127.0.0.1:0", "--durability", plan.durability()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // the run must not depend on what the user has configured for another broker
        builder.environment().keySet().removeIf(name -> name.startsWith("PERDURE_"));
        builder.environment().put("PERDURE_WILL_GRACE", WILL_GRACE);
        Running started = new Running(builder.start());
        running = started;
        return started;
    }

    private boolean awaitReady(BooleanSupplier stopped) throws IOException {
        Running started = running();
        await(() -> started.readyOrGone.await(START_MS, TimeUnit.MILLISECONDS));
        if (started.readyNs == 0 && stopped.getAsBoolean()) {
            return false;
        }
        if (started.readyNs == 0) {
            String state = started.process.isAlive() ? "did not start in time" : "did not start";
            throw new IOException("the broker " + state + "; it said:\n" + started.output());
        }
        target = new Target(new InetSocketAddress(InetAddress.getLoopbackAddress(), started.port), null, null);
        returnMs = TimeUnit.NANOSECONDS.toMillis(started.readyNs - started.startedNs);
        return true;
    }

    private Running running() {
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    @Override
    public boolean die(Client visitor, BooleanSupplier stopped) throws IOException {
        long lifeMs = SHORTEST_LIFE_MS + random.nextLong(Math.max(1, plan.lifeMs() - SHORTEST_LIFE_MS));
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lifeMs);
        try {
            for (long leftMs = lifeMs; leftMs > 0; leftMs = (deadlineNs - System.nanoTime()) / 1_000_000) {
                if (stopped.getAsBoolean()) {
                    return false;
                }
                visitor.pump((int) Math.min(leftMs, 20));
            }
        } catch (IOException lost) {
            // Ctrl-C reaches the broker before this process may know of it
            await(() -> running().process.waitFor(1, TimeUnit.SECONDS));
            if (stopped.getAsBoolean()) {
                return false;
            }
            throw new IOException("the broker left its clients (" + lost.getMessage() + ") without being killed; it "
                    + (running().process.isAlive()
                            ? "runs"
                            : "exited with " + running().process.exitValue())
                    + " and said:\n" + running().output());
        }
        kill();
        deaths++;
        return true;
    }

    @Override
    public boolean comeBack(BooleanSupplier stopped) throws IOException {
        Running started = start();
        if (random.nextInt(ONE_IN_START_OF) == 0) {
            long untilMs = random.nextLong(KILL_IN_START_MS);
            await(() -> started.process.waitFor(untilMs, TimeUnit.MILLISECONDS));
            kill();
            deaths++;
            start();
        }
        return awaitReady(stopped);
    }

    private interface Waiting {

        boolean end() throws InterruptedException;
    }

    private static void await(Waiting waiting) throws IOException {
        try {
            waiting.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
    }

    private void kill() {
        Running current = running;
        if (current != null) {
            current.process.destroyForcibly();
            current.process.onExit().join();
        }
    }

    @Override
    public Target target() {
        if (target == null) {
            throw new IllegalStateException("not ready");
        }
        return target;
    }

    @Override
    public long returnMs() {
        return returnMs;
    }

    @Override
    public int deaths() {
        return deaths;
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException stopping) {
            // then it runs, and finds no one
        }
    }
}
