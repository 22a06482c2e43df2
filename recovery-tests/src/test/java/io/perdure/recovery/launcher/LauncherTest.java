package io.perdure.recovery.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs what is built; nothing is built or installed here. */
@Timeout(120)
class LauncherTest {

    private static final Path LAUNCHER =
            Path.of("..", "perdure").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private Path elsewhere = Path.of("");

    @BeforeEach
    void makeDirectory() throws IOException {
        elsewhere = Files.createDirectories(directory.resolve("with a space"));
    }

    @AfterEach
    void endProcesses() {
        processes.forEach(process -> process.toHandle().destroyForcibly());
    }

    @Test
    void runsFromElsewhereThroughLinks() throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("link"), LAUNCHER);
        Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("with a space", "link"));
        for (Path launcher : List.of(link, second)) {
            Process process = start(launcher, Map.of(), "version");
            String out = text(process.getInputStream().readAllBytes());
            assertEquals(0, exitCode(process), out);
            assertTrue(out.startsWith("Perdure "), out);
        }
    }

    @Test
    void runsACopyOfTheJarsWithoutTheSources() throws Exception {
        Path built = LAUNCHER.resolveSibling("tools").resolve("target");
        Files.createSymbolicLink(elsewhere.resolve("lib"), built.resolve("lib"));
        Files.copy(built.resolve("perdure-tools.jar"), elsewhere.resolve("perdure-tools.jar"));
        Path launcher = Files.copy(LAUNCHER, elsewhere.resolve("perdure"));
        assertTrue(launcher.toFile().setExecutable(true));
        Process process = start(launcher, Map.of(), "config", "show");
        assertTrue(text(process.getInputStream().readAllBytes()).startsWith("data: "));
        assertEquals(0, exitCode(process));
    }

    @Test
    void becomesTheBrokerSoThatSignalsReachIt() throws Exception {
        String data = elsewhere.resolve("my data").toString();
        Process process = start(LAUNCHER, Map.of(), "serve", "--data", data, "--listen", "mqtt://127.0.0.1:0");
        BufferedReader out = process.inputReader();
        List<String> banner = new ArrayList<>();
        @Nullable String line;
        do {
            line = out.readLine();
            assertNotNull(line, () -> "no banner: " + banner);
            banner.add(line);
        } while (!line.startsWith("Ready in "));
        assertTrue(banner.contains("  store       " + data), banner.toString());
        process.toHandle().destroy();
        assertEquals(0, exitCode(process));
        assertTrue(out.lines().anyMatch(last -> last.startsWith("Stopped cleanly")));
    }

    @Test
    void passesTheExitCodeOn() throws Exception {
        assertEquals(2, exitCode(start(LAUNCHER, Map.of(), "serve", "--bogus")));
        assertEquals(1, exitCode(start(LAUNCHER, Map.of(), "config", "check", "--config", "none")));
    }

    @Test
    void refusesAJavaThatIsNone() throws Exception {
        Process process = start(LAUNCHER, Map.of("PERDURE_JAVA_HOME", elsewhere.toString()), "version");
        String err = text(process.getErrorStream().readAllBytes());
        assertEquals(1, exitCode(process));
        assertEquals("perdure: PERDURE_JAVA_HOME=" + elsewhere + " holds no Java 17 or later", err.strip());
    }

    @Test
    void leavesStderrToTheCommands() throws Exception {
        Process process = start(LAUNCHER, Map.of("PERDURE_JAVA_OPTS", "-Xmx200m -Dsome=thing"), "config", "show");
        String err = text(process.getErrorStream().readAllBytes());
        assertEquals(0, exitCode(process));
        assertEquals("", err);
        assertFalse(text(process.getInputStream().readAllBytes()).isEmpty());
    }

    private Process start(Path launcher, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(elsewhere.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("PERDURE_") || name.matches(".*JAVA.*OPTIONS"));
        builder.environment().putAll(Map.of("PERDURE_NO_BUILD", "1", "PERDURE_NO_INSTALL", "1"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
        return process.exitValue();
    }
}
