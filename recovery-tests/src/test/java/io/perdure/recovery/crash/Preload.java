package io.perdure.recovery.crash;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Libraries to be preloaded into a broker; built here, with gcc. */
public final class Preload {

    private static final long COMPILER_TIMEOUT_S = 60;

    private Preload() {}

    /**
     * Builds one; skips the test where this can't be done.
     *
     * @param sourceName a resource beside {@code owner}
     * @param directory gets the library
     * @param skipped what is not tested without it
     */
    public static Path build(Class<?> owner, String sourceName, Path directory, String skipped)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "only Linux has LD_PRELOAD: " + skipped);
        Path source = directory.resolve(sourceName);
        try (InputStream in = owner.getResourceAsStream(sourceName)) {
            Files.copy(in, source);
        }
        Path library = directory.resolve(sourceName.replace(".c", ".so"));
        Path messages = directory.resolve("gcc.out");
        int code = compile(source, library, messages);
        Assumptions.assumeTrue(
                code == 0, () -> "no gcc that builds " + sourceName + ": " + skipped + "\n" + text(messages));
        return library;
    }

    private static int compile(Path source, Path library, Path messages) throws InterruptedException {
        ProcessBuilder gcc = new ProcessBuilder(
                        "gcc",
                        "-shared",
                        "-fPIC",
                        "-O2",
                        "-o",
                        library.toString(),
                        source.toString(),
                        "-ldl",
                        "-pthread")
                .redirectErrorStream(true)
                .redirectOutput(messages.toFile());
        try {
            Process process = gcc.start();
            if (process.waitFor(COMPILER_TIMEOUT_S, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            process.destroyForcibly();
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            return "";
        }
    }
}
