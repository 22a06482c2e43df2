package io.perdure.recovery.sync;

import io.perdure.recovery.crash.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The library that is preloaded into the broker. Built here, with gcc. */
final class Shim {

    private static final long COMPILER_TIMEOUT_S = 60;

    private final Path library;
    private final Path notes;

    private Shim(Path library, Path notes) {
        this.library = library;
        this.notes = notes;
    }

    /** Builds it in a directory; skips the test where this can't be done. */
    static Shim build(Path directory) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                System.getProperty("os.name").equals("Linux"),
                "only Linux has LD_PRELOAD: acknowledgements not mapped");
        Path source = directory.resolve("syncshim.c");
        try (InputStream in = Shim.class.getResourceAsStream("syncshim.c")) {
            Files.copy(in, source);
        }
        Path library = directory.resolve("syncshim.so");
        Path messages = directory.resolve("gcc.out");
        int code = compile(source, library, messages);
        Assumptions.assumeTrue(
                code == 0,
                () -> "no gcc that builds the shim: acknowledgements not mapped to syncs\n" + text(messages));
        return new Shim(library, directory.resolve("notes"));
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

    /** The broker with this preloaded. */
    Launch into(Launch launch, Path data) throws IOException {
        Files.createDirectories(data);
        return launch.withEnvironment("LD_PRELOAD", library.toString())
                .withEnvironment("SYNCSHIM_DIR", data.toRealPath().toString())
                .withEnvironment("SYNCSHIM_LOG", notes.toString());
    }

    /** What was noted. */
    Path notes() {
        return notes;
    }
}
