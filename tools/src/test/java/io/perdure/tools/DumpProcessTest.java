package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code perdure dump} as a process of its own. */
@Timeout(120)
class DumpProcessTest {

    private static final int MESSAGES = 20_000;

    @TempDir
    private Path data;

    @TempDir
    private Path temporary;

    private Process dump(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                // the store is larger
                "-Xmx24m",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                "io.perdure.tools.Main",
                "dump",
                "--data",
                data.toString()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void fill(StoreFiller store) {
        store.connect("c").subscribe("#", 1).detach(DetachReason.CONNECTION_LOST, 1);
        StoreFiller.Client publisher = store.connect("p");
        String payload = "x".repeat(2000);
        for (int i = 0; i < MESSAGES; i += 100) {
            Message[] batch = new Message[100];
            for (int j = 0; j < batch.length; j++) {
                batch[j] = StoreFiller.message("t/" + (i + j), payload, 1);
            }
            publisher.publish(false, batch);
        }
    }

    private static String lastLine(Process process) throws IOException {
        String last = "";
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
            }
        }
        return last;
    }

    @Test
    void needsLittleMemoryForALargeStore() throws Exception {
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
        }
        Process process = dump("--format", "json", "--payload", "text");
        String end = lastLine(process);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertTrue(end.contains("\"queues\":" + MESSAGES), end);
    }

    @Test
    void endsInOrderWhenItIsTerminatedAndLeavesNoFiles() throws Exception {
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
            Process process = dump("queues", "--format", "json", "--payload", "text");
            // it has begun, and can't be done before this reads on
            assertEquals('{', process.getInputStream().read());
            process.toHandle().destroy();
            String end = lastLine(process);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertTrue(end.startsWith("{\"type\":\"end\",\"complete\":false"), end);
            try (Stream<Path> left = Files.list(temporary)) {
                assertEquals(
                        List.of(),
                        left.filter(f -> f.getFileName().toString().startsWith("perdure-"))
                                .toList());
            }
        }
    }
}
