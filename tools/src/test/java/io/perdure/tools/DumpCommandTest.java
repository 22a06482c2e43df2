package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.perdure.protocol.packet.PublishProperties;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Message;
import io.perdure.storage.Will;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DumpCommandTest {

    @TempDir
    private Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int dump(String... arguments) {
        return dump(out, arguments);
    }

    private int dump(OutputStream to, String... arguments) {
        out.reset();
        err.reset();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of("--data", data.toString()));
        all.addAll(List.of(arguments));
        return Main.configured(
                        new CommandLine(new DumpCommand(new Console(to, errors, false))),
                        new PrintWriter(errors, true, StandardCharsets.UTF_8))
                .execute(all.toArray(new String[0]));
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** The objects of a type, each with its fields, in order. */
    private List<Map<String, String>> objects(String type) throws IOException {
        List<Map<String, String>> objects = new ArrayList<>();
        for (String line : lines()) {
            Map<String, String> object = new LinkedHashMap<>();
            try (JsonParser json = new JsonFactory().createParser(line)) {
                assertEquals(JsonToken.START_OBJECT, json.nextToken(), line);
                while (json.nextToken() == JsonToken.FIELD_NAME) {
                    String name = json.currentName();
                    JsonToken value = json.nextToken();
                    if (value.isStructStart()) {
                        int from = (int) json.currentTokenLocation().getCharOffset();
                        json.skipChildren();
                        object.put(name, line.substring(from, (int)
                                json.currentLocation().getCharOffset()));
                    } else {
                        object.put(name, json.getText());
                    }
                }
            }
            if (type.equals(object.get("type"))) {
                objects.add(object);
            }
        }
        return objects;
    }

    /** Two sessions, one of them with everything. */
    private void fill() {
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
        }
    }

    private static void fill(StoreFiller store) {
        store.connect("meter")
                .subscribe("plant/#", 2)
                .subscribe("$share/g/x", 1)
                .detach(DetachReason.CONNECTION_LOST, 1);
        PublishProperties properties = new PublishProperties(
                1,
                "text/plain",
                "reply",
                new byte[] {1, 2},
                List.of(new UserProperty("a", "b"), new UserProperty("a", "c")));
        Will will = new Will(utf8("wills/pub"), utf8("gone"), new byte[0], 1, true, 60, -1);
        StoreFiller.Client publisher = store.connect("pub", 3600, will);
        for (int i = 1; i <= 5; i++) {
            publisher.publish(StoreFiller.message("plant/" + i, "value " + i, i % 2 + 1));
        }
        publisher.publish(StoreFiller.message("plant/late", "x", 1, System.currentTimeMillis() + 90_000, properties));
        publisher.publish(true, StoreFiller.message("state/\u001b[31m", "on", 1));
        StoreFiller.Client again = store.connect("meter");
        // 1, 3 and 5 are of QoS 2
        again.received(1).finished(2);
        again.detach(DetachReason.CONNECTION_LOST, 4);
        // nobody of the group is there
        publisher.publish(StoreFiller.message("x", "for one of the group", 1));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void printsAStoppedStoreInTablesOfAHundredColumns() {
        fill();
        assertEquals(0, dump("--payload", "text"), () -> err.toString(StandardCharsets.UTF_8));
        List<String> lines = lines();
        assertTrue(lines.get(0).startsWith("As of 20") && lines.get(0).contains("stopped"), lines.get(0));
        for (String line : lines) {
            assertTrue(PrintableText.width(line) <= 100, line);
            assertTrue(line.chars().allMatch(c -> c >= ' '), line);
        }
        String all = String.join("\n", lines);
        for (DumpSection section : DumpSection.values()) {
            assertTrue(lines.contains(section.name()), all);
        }
        assertTrue(all.contains("plant/late"), all);
        assertTrue(all.contains("value 4"), all);
        assertTrue(all.contains("$share/g/x"), all);
        assertTrue(all.contains("state/\\x1b[31m"), all);
        assertTrue(all.contains("released"), all);
        assertTrue(all.contains("wills/pub"), all);
    }

    @Test
    void printsJsonAsDocumented() throws IOException {
        fill();
        assertEquals(0, dump("--format", "json", "--payload", "base64"), () -> err.toString(StandardCharsets.UTF_8));
        Map<String, String> header = objects("store").get(0);
        assertEquals("{\"type\":\"store\",\"version\":1", lines().get(0).substring(0, 27));
        assertEquals("stopped", header.get("mode"));
        assertEquals("true", header.get("cleanStop"));
        Map<String, String> meter = objects("session").stream()
                .filter(o -> "meter".equals(o.get("client")))
                .findAny()
                .orElseThrow();
        assertEquals("2", meter.get("subscriptions"));
        assertEquals("null", meter.get("expires"));
        List<Map<String, String>> queue = objects("queue");
        assertEquals(
                List.of("1", "3", "4", "5", "6"),
                queue.stream().map(o -> o.get("sequence")).toList());
        assertEquals(
                List.of("released", "sent", "waiting", "waiting", "waiting"),
                queue.stream().map(o -> o.get("step")).toList());
        assertEquals("2", queue.get(0).get("packetId"));
        assertEquals(
                "{\"payloadFormatIndicator\":1,\"contentType\":\"text/plain\",\"responseTopic\":\"reply\","
                        + "\"correlationData\":\"AQI=\",\"userProperties\":[[\"a\",\"b\"],[\"a\",\"c\"]]}",
                queue.get(4).get("properties"));
        assertEquals("dmFsdWUgMQ==", queue.get(0).get("payload"));
        assertEquals(
                List.of("1", "3"),
                objects("inflight").stream().map(o -> o.get("sequence")).toList());
        assertEquals("x", objects("share").get(0).get("topic"));
        assertEquals("1", objects("retained").get(0).get("qos"));
        Map<String, String> end = objects("end").get(0);
        assertEquals("true", end.get("complete"));
        assertTrue(
                String.valueOf(end.get("counts")).contains("\"queues\":6,\"inflight\":2,\"inbound\":3"), end::toString);
        assertTrue(out.toString(StandardCharsets.UTF_8).endsWith("}\n"));
    }

    @Test
    void readsTheStoreOfARunningBroker() throws IOException {
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
            assertEquals(0, dump("sessions", "--format", "json"), () -> err.toString(StandardCharsets.UTF_8));
            assertEquals("live", objects("store").get(0).get("mode"));
            assertEquals(
                    "true",
                    objects("session").stream()
                            .filter(o -> "pub".equals(o.get("client")))
                            .findAny()
                            .orElseThrow()
                            .get("connected"));
            // the broker goes on
            store.connect("later").publish(StoreFiller.message("plant/7", "7", 1));
            assertEquals(0, dump("queues", "--format", "json", "--topic", "plant/7"));
            assertEquals(1, objects("queue").size());
        }
    }

    @Test
    void selectsByClientAndTopic() throws IOException {
        fill();
        assertEquals(0, dump("queues", "--client", "meter", "--topic", "plant/+", "--format", "json"));
        assertEquals(5, objects("queue").size());
        assertEquals(0, dump("queues", "--topic", "plant/4", "--format", "json"));
        assertEquals(1, objects("queue").size());
        assertEquals(0, dump("subscriptions", "--topic", "plant/#", "--format", "json"));
        assertEquals(1, objects("subscription").size());
        assertEquals(0, dump("--client", "nobody", "--format", "json"));
        assertEquals(2, lines().size());
        assertEquals(0, dump("wills", "--client", "pub", "--format", "json"));
        assertEquals("wills/pub", objects("will").get(0).get("topic"));
    }

    @Test
    void saysInOneLineWhatIsWrongWithTheDirectory() {
        assertEquals(1, dump("sessions"));
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count());
        assertEquals(0, out.size());
    }

    @Test
    void explainsItsUsage() {
        for (String[] wrong : new String[][] {
            {"nothing"},
            {"--format", "xml"},
            {"--payload", "raw"},
            {"--topic", "a/#/b"},
            {"--unknown"},
            {"retained", "--client", "c"},
            {"sessions", "queues"}
        }) {
            assertEquals(2, dump(wrong), () -> String.join(" ", wrong));
            assertTrue(
                    err.toString(StandardCharsets.UTF_8).contains("Usage: dump"),
                    () -> err.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    void endsQuietlyWhenTheReaderHasGone() {
        fill();
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertEquals(0, dump(closed));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        assertEquals(1, dump(full));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("No space left"));
    }

    @Test
    void printsTextThatIsNoUtf8InBase64() throws IOException {
        try (StoreFiller store = new StoreFiller(data)) {
            StoreFiller.Client client = store.connect("c");
            client.publish(true, new Message(utf8("bin"), new byte[] {(byte) 0xff}, new byte[0], 1, 1, Message.NEVER));
            client.publish(true, new Message(utf8("txt"), utf8("\u009bm"), new byte[0], 1, 1, Message.NEVER));
        }
        assertEquals(0, dump("retained", "--format", "json", "--payload", "text"));
        assertEquals("base64", objects("retained").get(0).get("payloadEncoding"));
        assertEquals("/w==", objects("retained").get(0).get("payload"));
        assertEquals("text", objects("retained").get(1).get("payloadEncoding"));
        assertFalse(out.toString(StandardCharsets.UTF_8).contains("\u009b"));
        assertEquals("\u009bm", objects("retained").get(1).get("payload"));
    }
}
