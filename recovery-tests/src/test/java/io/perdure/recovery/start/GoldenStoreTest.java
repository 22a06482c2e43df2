package io.perdure.recovery.start;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.crash.Launch;
import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that the first version wrote opens in this one, and all that it holds is there. */
@Timeout(120)
class GoldenStoreTest {

    private static final long TIMEOUT_MS = 30_000;

    @TempDir
    Path directory;

    private Path data = Path.of("");

    @BeforeEach
    void unpack() throws IOException {
        data = directory.resolve("data");
        Files.createDirectories(data);
        try (InputStream in = getClass().getResourceAsStream("golden/format-1.zip");
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Files.copy(zip, data.resolve(entry.getName()));
            }
        }
    }

    @Test
    void isDumpedRowByRow() throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Launch.perdure(data).command().get(0), "dump", "--format", "json", "--payload", "text"));
        command.addAll(List.of("--data", data.toString()));
        Path output = directory.resolve("dump");
        ProcessBuilder dump = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        dump.environment().put("PERDURE_NO_BUILD", "1");
        Process process = dump.start();
        assertTrue(process.waitFor(TIMEOUT_MS, TimeUnit.MILLISECONDS));
        assertEquals(0, process.exitValue());
        String expected;
        try (InputStream in = getClass().getResourceAsStream("golden/format-1.jsonl")) {
            expected = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        assertEquals(expected, withoutHead(Files.readString(output)));
    }

    /** The first line says when it was dumped. */
    private static String withoutHead(String dump) {
        return dump.substring(dump.indexOf('\n') + 1);
    }

    @Test
    void isServed() throws Exception {
        BrokerConfig config = BrokerConfig.defaults()
                .with("data", data.toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("will-grace", "0s");
        FixedClock clock = new FixedClock(GoldenStoreMaker.TIME_MS + 60_000, 0);
        try (Broker broker = Broker.start(config, failure -> fail(failure), clock)) {
            assertEquals(9, broker.report().sessions());
            assertEquals(6, broker.report().subscriptions());
            assertEquals(List.of("PUBREL 4", "a/x 3 dup", "a/x 6 dup", "a/x 7", "a/x 8"), received(broker, "away", 5));
            assertEquals(List.of("big 2"), received(broker, "later", 1));
            assertEquals(List.of("big 2"), received(broker, "never", 1));
            assertEquals(List.of("s/x 2", "s/x 3", "s/x 4"), received(broker, "member", 3));
            assertEquals(List.of("w/willing 2"), received(broker, "watcher", 1));
            assertEquals(List.of("r/3 2", "r/4 3", "r/5 4"), received(broker, "new", 3));
        }
    }

    /** What a client gets that comes back, with Packet Identifiers. */
    private static List<String> received(Broker broker, String clientId, int count) throws Exception {
        Trace trace = new Trace(clientId, Version.V5, 0);
        MqttClient client = new MqttClient(
                ClientOptions.durable(clientId, Version.V5), broker.addresses().get(0), trace, event -> {});
        assertTrue(client.connect(false, TIMEOUT_MS).sessionPresent(), clientId);
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (in(trace).size() < count && System.nanoTime() < deadlineNs) {
            client.ping(TIMEOUT_MS);
        }
        client.ping(TIMEOUT_MS);
        client.disconnect(TIMEOUT_MS);
        return in(trace);
    }

    private static List<String> in(Trace trace) {
        return trace.events().stream()
                .filter(event -> event.kind() == Kind.PUBLISH_IN || event.kind() == Kind.PUBREL_IN)
                .filter(event -> event.kind() == Kind.PUBLISH_IN || event.packetId() == 4)
                .map(event -> (event.kind() == Kind.PUBREL_IN ? "PUBREL" : event.text()) + " " + event.packetId()
                        + (event.dup() ? " dup" : ""))
                .toList();
    }
}
