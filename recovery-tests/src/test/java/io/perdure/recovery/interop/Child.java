package io.perdure.recovery.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A child process that does not outlive this JVM. */
final class Child implements AutoCloseable {

    private final Process process;
    private final Thread reader;
    private final Thread lastResort;
    private final StringBuilder output = new StringBuilder();

    /** @param lines is given its output, standard error too, line by line, by a thread of its own */
    Child(List<String> command, Consumer<String> lines) throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        reader = new Thread(() -> read(lines), "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
        lastResort = new Thread(process::destroyForcibly, "end of " + process.pid());
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** Whether there is a program of that name. */
    static boolean isInstalled(String program) {
        String path = String.valueOf(System.getenv("PATH"));
        return Stream.of(path.split(":")).anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    private void read(Consumer<String> lines) {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                synchronized (output) {
                    output.append(line).append('\n');
                }
                lines.accept(line);
            }
        } catch (IOException e) {
            // it was killed
        }
    }

    /** All that it has printed. */
    String output() {
        synchronized (output) {
            return output.toString();
        }
    }

    void write(byte[] bytes) {
        OutputStream in = process.getOutputStream();
        try {
            in.write(bytes);
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(output(), e);
        }
    }

    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits for its end, which must be a success. */
    void awaitSuccess() throws InterruptedException {
        if (!process.waitFor(Library.TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
            throw new AssertionError("does not end:\n" + output());
        }
        reader.join(Library.TIMEOUT_MS);
        if (process.exitValue() != 0) {
            throw new AssertionError("exit code " + process.exitValue() + ":\n" + output());
        }
    }

    /** Kills it, if it is still there. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(Library.TIMEOUT_MS, TimeUnit.MILLISECONDS);
            reader.join(Library.TIMEOUT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException e) {
            // this JVM is about to end, and the hook runs
        }
    }
}
