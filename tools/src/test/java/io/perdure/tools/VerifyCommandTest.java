package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.PublishProperties;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Durability;
import io.perdure.storage.Message;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VerifyCommandTest {

    /** A connection that wants to send more has to say so. */
    private static final int MAY_BE_SENT = 4096;

    @TempDir
    private Path data;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int verify(String... arguments) {
        out.reset();
        err.reset();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of("--data", data.toString()));
        all.addAll(List.of(arguments));
        return Main.configured(
                        new CommandLine(new VerifyCommand(new Console(out, errors, false))),
                        new PrintWriter(errors, true, StandardCharsets.UTF_8))
                .execute(all.toArray(new String[0]));
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void fill(StoreFiller store) {
        store.connect("meter").subscribe("plant/#", 1).detach(DetachReason.CONNECTION_LOST, 1);
        StoreFiller.Client publisher = store.connect("pub");
        for (int i = 1; i <= 5; i++) {
            publisher.publish(i == 3, StoreFiller.message("plant/" + i, "value " + i, 1));
        }
    }

    private void fill() {
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
        }
    }

    @Test
    void findsAStoppedStoreSound() {
        fill();
        assertEquals(0, verify(), this::output);
        assertTrue(output().contains("The store is sound."), this::output);
        assertTrue(output().contains("stopped  store "), this::output);
        assertTrue(output().contains("3 sessions, 1 subscription, 5 messages queued"), this::output);
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void findsALiveStoreSoundWhileItIsInUse() {
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
            assertEquals(0, verify("--format", "json"), this::output);
            assertTrue(output().contains("\"mode\":\"live\""), this::output);
            assertTrue(output().contains("\"type\":\"result\",\"sound\":true,\"findings\":0"), this::output);
        }
    }

    @Test
    void findsABusyStoreSoundAtAnyMoment() throws InterruptedException {
        AtomicBoolean enough = new AtomicBoolean();
        try (StoreFiller store = new StoreFiller(data)) {
            fill(store);
            Thread publisher = new Thread(() -> publishUntil(enough, store), "publisher");
            publisher.start();
            for (int i = 0; i < 5; i++) {
                assertEquals(0, verify(), () -> output() + err.toString(StandardCharsets.UTF_8));
            }
            enough.set(true);
            publisher.join();
        }
        assertEquals(0, verify(), this::output);
    }

    /** Large messages to two queues, which are stored once, some of them with deadlines; and steps of both. */
    private static void publishUntil(AtomicBoolean enough, StoreFiller store) {
        StoreFiller.Client[] subscribers = {
            store.connect("s0").subscribe("busy", 2), store.connect("s1").subscribe("busy", 1)
        };
        StoreFiller.Client publisher = store.connect("busy-publisher");
        String large = "x".repeat(3000);
        for (long sequence = 1; sequence < MAY_BE_SENT && !enough.get(); sequence++) {
            long deadlineMs = sequence % 3 == 0 ? System.currentTimeMillis() + 200 : Message.NEVER;
            publisher.publish(
                    sequence % 7 == 0, StoreFiller.message("busy", large, 2, deadlineMs, PublishProperties.NONE));
            if (sequence > 10) {
                subscribers[0].received(sequence - 5).finished(sequence - 10);
                subscribers[1].finished(sequence % 4 == 0 ? sequence - 10 : sequence - 1);
            }
        }
    }

    private void removeEntries(long from, long to) {
        try (Engine engine = RocksEngine.open(data, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            for (long sequence = from; sequence < to; sequence++) {
                batch.delete(Family.QUEUE.index(), Keys.queue(Keys.slot("meter"), 1, sequence));
            }
            engine.write(batch, true);
        }
    }

    @Test
    void saysInOneLineWhatIsWrong() {
        fill();
        removeEntries(2, 4);
        assertEquals(1, verify());
        assertTrue(
                output().contains("queue: client meter, sequences 2 to 3: 2 messages neither there nor finished (not "),
                this::output);
        assertTrue(output().contains("The store is damaged: 1 finding"), this::output);
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("perdure repair --data " + data));
        assertEquals(1, verify("--format", "json"));
        assertTrue(
                output().contains(
                                "{\"type\":\"finding\",\"kind\":\"LostEntries\",\"family\":\"queue\",\"client\":\"meter\""),
                this::output);
    }

    @Test
    void printsTheFirstHundredFindingsUnlessAllAreAskedFor() {
        fill();
        try (Engine engine = RocksEngine.open(data, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            for (int i = 1; i <= 120; i++) {
                batch.put(Family.INBOUND.index(), Keys.inbound(4, 1000 + i, 1), new byte[0]);
            }
            engine.write(batch, true);
        }
        assertEquals(1, verify());
        assertEquals(
                100, output().lines().filter(l -> l.startsWith("inbound: ")).count());
        assertTrue(output().contains("and 20 more; --all prints all"), this::output);
        assertTrue(output().contains("120 findings"), this::output);
        assertEquals(1, verify("--all"));
        assertEquals(
                120, output().lines().filter(l -> l.startsWith("inbound: ")).count());
        assertFalse(output().contains(" more; "), this::output);
    }

    @Test
    void tellsDamageOfALiveStoreToo() {
        fill();
        removeEntries(2, 3);
        try (StoreFiller store = new StoreFiller(data)) {
            store.connect("pub");
            assertEquals(1, verify());
            assertTrue(output().contains("client meter, sequence 2"), this::output);
        }
    }

    private Path log() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            return files.filter(f -> f.toString().endsWith(".log"))
                    .max(Comparator.comparing(f -> f.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void findsDamageInTheMiddleOfTheLog() throws IOException {
        try (StoreFiller store = new StoreFiller(data, Durability.FSYNC)) {
            fill(store);
        }
        byte[] bytes = Files.readAllBytes(log());
        bytes[bytes.length / 2] ^= 1;
        Files.write(log(), bytes);
        assertEquals(1, verify(), this::output);
        assertTrue(output().contains("the log is damaged in the middle, "), this::output);
        assertTrue(output().contains("The store is damaged: "), this::output);
    }

    @Test
    void notesThatTheLogEndedInTheMiddleOfWriting() throws IOException {
        fill();
        byte[] bytes = Files.readAllBytes(log());
        Files.write(log(), Arrays.copyOf(bytes, bytes.length - 1));
        assertEquals(0, verify(), this::output);
        assertTrue(output().contains("note: the log ended in the middle of writing, "), this::output);
        assertEquals(0, verify("--format", "json"));
        assertTrue(output().contains("{\"type\":\"note\",\"what\":\"the log ended"), this::output);
    }

    @Test
    void refusesADirectoryWithoutAStoreInOneLine() {
        assertEquals(1, verify());
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count());
    }

    @Test
    void saysWhatCanBeDoneAboutAStoreThatDoesNotOpen() throws IOException {
        fill();
        Files.delete(data.resolve("CURRENT"));
        assertEquals(1, verify());
        String errors = err.toString(StandardCharsets.UTF_8);
        assertTrue(errors.contains("CURRENT is missing"), errors);
        assertTrue(errors.contains("perdure repair --data"), errors);
    }

    @Test
    void refusesOptionsThatItDoesNotKnow() {
        assertEquals(2, verify("--quickly"));
    }
}
