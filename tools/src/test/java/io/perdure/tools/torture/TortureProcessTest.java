package io.perdure.tools.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The torture command in a process of its own, as a user meets it. */
@Timeout(240)
class TortureProcessTest {

    @TempDir
    Path directory;

    private @Nullable Process process;

    @AfterEach
    void end() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    @Test
    void saysThatTheBrokerHeldAndLeavesNothingBehind() throws Exception {
        String verdict = torture(0, List.of(), "--cycles", "2", "--seconds", "1");
        assertTrue(verdict.contains("HELD: the broker kept its word over "), verdict);
        assertTrue(verdict.contains("acknowledged messages lost"), verdict);
        assertEquals(List.of(), left());
    }

    @Test
    void reportsTheLossesOfABrokerThatDoesNotWrite() throws Exception {
        String verdict = torture(
                1,
                List.of("-Dperdure.test.lose-writes=true"),
                "--cycles",
                "2",
                "--seconds",
                "3",
                "--seed",
                "1",
                "--format",
                "json");
        assertTrue(verdict.contains("\"held\":false"), verdict);
        for (String check : List.of("lost", "sessions", "subscriptions", "retained", "wills")) {
            assertTrue(verdict.contains("{\"check\":\"" + check + "\",\"broken\":"), verdict);
            assertTrue(!verdict.contains("{\"check\":\"" + check + "\",\"broken\":0,"), check + ": " + verdict);
        }
        assertEquals(1, left().size());
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.toList();
        }
    }

    private String torture(int expectedCode, List<String> javaOptions, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.add("--enable-native-access=ALL-UNNAMED");
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.perdure.tools.Main", "torture"));
        command.addAll(List.of("--dir", directory.toString(), "--clients", "4", "--rate", "500"));
        command.addAll(List.of(arguments));
        Process started = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process = started;
        String out = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(started.waitFor(30, TimeUnit.SECONDS), "still running");
        assertEquals(expectedCode, started.exitValue(), out);
        return out;
    }
}
