package io.perdure.recovery.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** A running broker; it does not outlive this JVM. Its output is kept, the last lines of it. */
public final class BrokerProcess implements AutoCloseable {

    private static final int KEPT_LINES = 200;

    private final Launch launch;
    private final Process process;
    private final Deque<String> output = new ArrayDeque<>();
    private final Thread reader;
    private final Thread lastResort;

    private BrokerProcess(Launch launch, Process process) {
        this.launch = launch;
        this.process = process;
        this.reader = new Thread(this::readOutput, "output of broker " + process.pid());
        reader.setDaemon(true);
        reader.start();
        this.lastResort = new Thread(process::destroyForcibly, "end of broker " + process.pid());
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    public static BrokerProcess start(Launch launch) {
        ProcessBuilder builder = new ProcessBuilder(launch.command())
                .directory(launch.directory().toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().putAll(launch.environment());
        try {
            return new BrokerProcess(launch, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.addLast(line);
                    if (output.size() > KEPT_LINES) {
                        output.removeFirst();
                    }
                }
            }
        } catch (IOException e) {
            // the process is gone, and the pipe with it
        }
    }

    public String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Waits until it accepts connections; it must not exit before. */
    public void awaitListening(long timeoutMs) {
        if (!awaitListeningOrExit(timeoutMs)) {
            throw new AssertionError("the broker exited with " + process.exitValue() + ":\n" + output());
        }
    }

    /** Waits until it accepts connections; false if it exits before. */
    public boolean awaitListeningOrExit(long timeoutMs) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (!listens()) {
            if (!runsFor(5)) {
                kill();
                return false;
            }
            if (System.nanoTime() >= deadlineNs) {
                kill();
                throw new AssertionError("the broker does not listen:\n" + output());
            }
        }
        return true;
    }

    /** Waits until it has ended by itself and returns the exit code. */
    public int awaitExit(long timeoutMs) {
        if (runsFor(timeoutMs)) {
            kill();
            throw new AssertionError("the broker does not end:\n" + output());
        }
        kill();
        return process.exitValue();
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(launch.address(), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits; false if it exits within this time. */
    public boolean runsFor(long timeMs) {
        try {
            return !process.waitFor(timeMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The exit code of a process that has ended by itself. */
    public int exitCode() {
        forget();
        return process.exitValue();
    }

    /** kill -9. */
    public void kill() {
        process.destroyForcibly();
        if (runsFor(10_000)) {
            throw new AssertionError("pid " + process.pid() + " outlives kill -9");
        }
        forget();
        awaitOutput();
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // this JVM is about to end, and the hook runs
        }
    }

    /** SIGTERM; waits for the end and returns the exit code. */
    public int stop(long timeoutMs) {
        process.destroy();
        if (runsFor(timeoutMs)) {
            kill();
            throw new AssertionError("the broker did not stop on SIGTERM:\n" + output());
        }
        forget();
        return process.exitValue();
    }

    private void awaitOutput() {
        try {
            reader.join(1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
