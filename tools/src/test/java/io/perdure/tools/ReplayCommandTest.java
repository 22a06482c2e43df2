package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.PublishProperties;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.inspect.QueueEntryView;
import io.perdure.storage.inspect.RetainedView;
import io.perdure.storage.inspect.Scan;
import io.perdure.storage.inspect.StoreReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReplayCommandTest {

    private static final PublishProperties PROPERTIES = new PublishProperties(
            1,
            "text/plain",
            "reply/to",
            new byte[] {0, 1, 2},
            List.of(new UserProperty("k", "v"), new UserProperty("k", "w")));

    @TempDir
    private Path source;

    @TempDir
    private Path target;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int replay(String... arguments) {
        out.reset();
        err.reset();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of("--data", source.toString()));
        all.addAll(List.of(arguments));
        CommandLine command = new CommandLine(new ReplayCommand(new Console(out, errors, false)));
        return Main.configured(command, new PrintWriter(errors, true, StandardCharsets.UTF_8))
                .execute(all.toArray(new String[0]));
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** A session with a queue of six messages, of which one is expired and one released; and two retained messages. */
    private void fillSource() {
        try (StoreFiller store = new StoreFiller(source)) {
            store.connect("meter").subscribe("plant/#", 2).detach(DetachReason.CONNECTION_LOST, 1);
            StoreFiller.Client publisher = store.connect("publisher");
            long inAMinuteMs = System.currentTimeMillis() + 60_000;
            publisher
                    .publish(StoreFiller.message("plant/1", "released", 2))
                    .publish(StoreFiller.message("plant/2", "two", 1, inAMinuteMs, PROPERTIES))
                    .publish(StoreFiller.message("plant/3", "three", 2))
                    .publish(StoreFiller.message("plant/4", "four", 1))
                    .publish(StoreFiller.message("plant/5", "five", 2))
                    .publish(true, StoreFiller.message("state/a", "A", 1), StoreFiller.message("state/b", "B", 2));
            store.connect("meter").received(1).detach(DetachReason.CONNECTION_LOST, 3);
        }
    }

    /** A broker with a session that keeps all that is published. */
    private Broker startTarget() {
        try (StoreFiller store = new StoreFiller(target)) {
            store.connect("watch").subscribe("#", 2).detach(DetachReason.CONNECTION_LOST, 1);
        }
        BrokerConfig config =
                BrokerConfig.defaults().with("data", target.toString()).with("listen", "mqtt://127.0.0.1:0");
        return Broker.start(config, failure -> {
            throw new AssertionError(failure);
        });
    }

    private static String address(Broker broker) {
        return "mqtt://127.0.0.1:" + broker.addresses().get(0).getPort();
    }

    private List<Entry> arrived() {
        List<Entry> entries = new ArrayList<>();
        try (StoreReader reader = StoreReader.open(target);
                Scan<QueueEntryView> scan = reader.queues("watch")) {
            scan.forEachRemaining(view -> entries.add(view.entry()));
        }
        return entries;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Test
    void publishesWhatASessionHasNotFinishedWithAllItsProperties() {
        fillSource();
        try (Broker broker = startTarget()) {
            assertEquals(0, replay("--client", "meter", "--to", address(broker)), this::errors);
        }
        assertTrue(printed().startsWith("4 published, 4 acknowledged, 0 skipped as expired, 0 failed"), this::printed);
        assertEquals("", errors());
        List<Entry> arrived = arrived();
        assertEquals(
                List.of("two", "three", "four", "five"),
                arrived.stream().map(e -> text(e.message().payload())).toList());
        assertEquals(List.of(1, 2, 1, 2), arrived.stream().map(Entry::qos).toList());
        Message two = arrived.get(0).message();
        assertEquals("plant/2", text(two.topic()));
        assertArrayEquals(PROPERTIES.encode(), two.properties());
        long leftMs = two.expiresAtMs() - System.currentTimeMillis();
        assertTrue(leftMs > 0 && leftMs <= 61_000, "left: " + leftMs);
        assertEquals(Message.NEVER, arrived.get(1).message().expiresAtMs());
    }

    @Test
    void publishesRetainedMessagesAsSuch() {
        fillSource();
        try (Broker broker = startTarget()) {
            assertEquals(0, replay("--retained", "--topic", "+/b", "--to", address(broker)), this::errors);
        }
        List<Message> retained = new ArrayList<>();
        try (StoreReader reader = StoreReader.open(target);
                Scan<RetainedView> scan = reader.retained()) {
            scan.forEachRemaining(view -> retained.add(view.message()));
        }
        assertEquals(List.of("B"), retained.stream().map(m -> text(m.payload())).toList());
        assertEquals(2, retained.get(0).qos());
    }

    @Test
    void readsTheSourceOnly() {
        fillSource();
        try (Broker broker = startTarget()) {
            for (int i = 0; i < 2; i++) {
                assertEquals(0, replay("--client", "meter", "--rate", "1000", "--to", address(broker)), this::errors);
            }
        }
        assertEquals(8, arrived().size());
    }

    @Test
    void replaysTheStoreOfARunningBroker() {
        try (StoreFiller store = new StoreFiller(source)) {
            store.connect("meter").subscribe("plant/#", 1);
            store.connect("publisher").publish(StoreFiller.message("plant/1", "one", 1));
            try (Broker broker = startTarget()) {
                assertEquals(0, replay("--client", "meter", "--to", address(broker)), this::errors);
            }
        }
        assertEquals(1, arrived().size());
    }

    @Test
    void listsWhatItWouldPublish() {
        fillSource();
        // nobody listens there
        assertEquals(0, replay("--client", "meter", "--to", "mqtt://127.0.0.1:1", "--dry-run"), this::errors);
        List<String> lines = printed().lines().toList();
        assertEquals(6, lines.size(), this::printed);
        assertTrue(lines.get(1).startsWith("plant/2 "), this::printed);
        assertEquals("4 would be published, 0 skipped as expired", lines.get(5));
    }

    @Test
    void failsWithALineIfItCannotConnect() throws IOException {
        fillSource();
        try (ServerSocket mute = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread closing = new Thread(() -> {
                try {
                    mute.accept().close();
                } catch (IOException ignored) {
                    // the test is over
                }
            });
            closing.start();
            assertEquals(1, replay("--retained", "--to", "mqtt://127.0.0.1:" + mute.getLocalPort()));
        }
        assertEquals(1, errors().lines().count(), this::errors);
        assertTrue(errors().startsWith("perdure: can't connect to mqtt://127.0.0.1:"), this::errors);
        assertEquals("", printed());
    }

    @Test
    void failsIfThereIsNoSuchSession() {
        fillSource();
        assertEquals(1, replay("--client", "nobody", "--to", "mqtt://127.0.0.1:1"));
        assertTrue(errors().contains("no session of client nobody"), this::errors);
    }

    @Test
    void explainsItsUsage() {
        for (String[] wrong : new String[][] {
            {"--client", "c"},
            {"--to", "mqtt://h"},
            {"--client", "c", "--retained", "--to", "mqtt://h"},
            {"--client", "c", "--to", "http://h"},
            {"--client", "c", "--to", "mqtt://h", "--rate", "-1"},
            {"--client", "c", "--to", "mqtt://h", "--topic", "a#"}
        }) {
            assertEquals(2, replay(wrong), () -> String.join(" ", wrong));
            assertTrue(errors().contains("Usage: replay"), this::errors);
        }
    }
}
