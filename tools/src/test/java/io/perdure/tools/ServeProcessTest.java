package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The serve command in a process of its own, as a user meets it. */
@Timeout(120)
class ServeProcessTest {

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void saysWhatItServesAndStopsCleanlyOnSigterm() throws Exception {
        Process first = serve("--data", data(), "--listen", "mqtt://127.0.0.1:0", "--durability", "os");
        List<String> banner = readBanner(first);
        assertTrue(banner.get(0).startsWith("Perdure "), banner.toString());
        assertTrue(banner.contains("  store       " + data()), banner.toString());
        assertTrue(banner.contains("  recovered   nothing, the store is new"), banner.toString());
        assertTrue(banner.stream().anyMatch(line -> line.startsWith("  durability  os: ")), banner.toString());
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(banner))) {
            assertTrue(socket.isConnected());
        }
        first.toHandle().destroy(); // leaves its streams open
        assertEquals(0, exitCode(first));
        assertEquals(List.of("Stopping ...", "Stopped cleanly in N ms."), rest(first));
        assertTrue(errors(first).lines().allMatch(line -> line.matches("[-0-9]+ [:.0-9]+ (INFO|WARN) .*")));

        Process second = serve("--data", data(), "--listen", "mqtt://127.0.0.1:0");
        assertTrue(readBanner(second).stream().anyMatch(line -> line.endsWith("after a clean stop")));
    }

    @Test
    void tellsAnUncleanStop() throws Exception {
        Process first = serve("--data", data(), "--listen", "mqtt://127.0.0.1:0");
        readBanner(first);
        first.destroyForcibly();
        exitCode(first);
        Process second = serve("--data", data(), "--listen", "mqtt://127.0.0.1:0");
        assertTrue(readBanner(second).stream().anyMatch(line -> line.endsWith("after an unclean stop")));
    }

    @Test
    void refusesAPortInUseWithOneLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(String.valueOf(taken.getLocalPort()), "--listen", "mqtt://127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void refusesADirectoryThatIsAFileWithOneLine() throws Exception {
        Files.writeString(directory.resolve("data"), "x");
        assertRefused(data(), "--listen", "mqtt://127.0.0.1:0");
        assertEquals("x", Files.readString(directory.resolve("data")));
    }

    @Test
    void refusesAStoreThatAnotherBrokerHasOpenWithOneLine() throws Exception {
        Process first = serve("--data", data(), "--listen", "mqtt://127.0.0.1:0");
        readBanner(first);
        assertRefused(data(), "--listen", "mqtt://127.0.0.1:0");
        assertTrue(first.isAlive());
    }

    private void assertRefused(String named, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("--data", data()));
        all.addAll(List.of(arguments));
        Process process = serve(all.toArray(String[]::new));
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(1, exitCode(process), err);
        // a start that takes longer than a second tells how far it is
        List<String> lines =
                err.lines().filter(line -> !line.contains(" starting: ")).toList();
        assertEquals(1, lines.size(), err);
        assertTrue(lines.get(0).startsWith("perdure: ") && err.contains(named), err);
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private Process serve(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "serve"));
        command.addAll(List.of(arguments));
        Process process =
                new ProcessBuilder(command).directory(directory.toFile()).start();
        processes.add(process);
        return process;
    }

    private static List<String> readBanner(Process process) throws IOException {
        List<String> lines = new ArrayList<>();
        BufferedReader reader = process.inputReader();
        @Nullable String line;
        do {
            line = reader.readLine();
            assertNotNull(line, () -> "no banner: " + lines + errors(process));
            lines.add(line);
        } while (!line.startsWith("Ready in "));
        return lines;
    }

    private static String errors(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static int port(List<String> banner) {
        String line = banner.stream()
                .filter(candidate -> candidate.startsWith("  listening   mqtt://127.0.0.1:"))
                .findFirst()
                .orElseThrow();
        int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
        assertFalse(port == 0, line);
        return port;
    }

    private static List<String> rest(Process process) {
        return process.inputReader()
                .lines()
                .map(line -> line.replaceAll("[0-9]+", "N"))
                .toList();
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertTrue(process.waitFor(30, TimeUnit.SECONDS), "still running");
        return process.exitValue();
    }
}
