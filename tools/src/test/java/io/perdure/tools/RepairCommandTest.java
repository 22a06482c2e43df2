package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Command.DetachReason;
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
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class RepairCommandTest {

    @TempDir
    private Path temporary;

    private Path data = Path.of("");
    private Path to = Path.of("");
    private @Nullable String answer;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** A store in which two of five messages are missing. */
    @BeforeEach
    void fill() {
        data = temporary.resolve("data");
        to = temporary.resolve("repaired");
        try (StoreFiller store = new StoreFiller(data)) {
            store.connect("meter").subscribe("plant/#", 1).detach(DetachReason.CONNECTION_LOST, 1);
            StoreFiller.Client publisher = store.connect("pub");
            for (int i = 1; i <= 5; i++) {
                publisher.publish(i == 3, StoreFiller.message("plant/" + i, "value " + i, 1));
            }
        }
        try (Engine engine = RocksEngine.open(data, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            batch.delete(Family.QUEUE.index(), Keys.queue(Keys.slot("meter"), 1, 2));
            batch.delete(Family.QUEUE.index(), Keys.queue(Keys.slot("meter"), 1, 3));
            engine.write(batch, true);
        }
    }

    private int repair(String... arguments) {
        return repair(to, arguments);
    }

    private int repair(Path target, String... arguments) {
        out.reset();
        err.reset();
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        List<String> all = new ArrayList<>(List.of("--data", data.toString(), "--to", target.toString()));
        all.addAll(List.of(arguments));
        RepairCommand.Confirmation confirmation = new RepairCommand.Confirmation() {
            @Override
            public boolean possible() {
                return answer != null;
            }

            @Override
            public @Nullable String answer() {
                return answer;
            }
        };
        return Main.configured(
                        new CommandLine(new RepairCommand(new Console(out, errors, false), confirmation)),
                        new PrintWriter(errors, true, StandardCharsets.UTF_8))
                .execute(all.toArray(new String[0]));
    }

    private String output() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void assertNothingWritten() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(List.of(data), files.toList());
        }
    }

    private int verify(Path store) {
        PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new CommandLine(new VerifyCommand(new Console(out, errors, false))).execute("--data", store.toString());
    }

    @Test
    void makesASoundStoreThatABrokerOpens() throws IOException {
        Path report = temporary.resolve("report.json");
        assertEquals(0, repair("--yes", "--report", report.toString()), this::errors);
        assertTrue(
                output().contains(
                                "queue: client meter, sequences 2 to 3: 2 messages neither there nor finished (marked as finished)"),
                this::output);
        assertTrue(output().contains("The new store has 3 sessions, 1 subscription, 3 messages queued"), this::output);
        String json = Files.readString(report);
        assertEquals(json, Files.readString(to.resolve(Repair.REPORT)));
        assertTrue(json.contains("\"kind\" : \"LostEntries\""), json);
        assertEquals(0, verify(to), this::output);
        try (StoreFiller store = new StoreFiller(to)) {
            store.connect("meter").finished(1);
        }
        assertEquals(1, verify(data));
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(List.of(data, to, report), files.sorted().toList());
        }
    }

    @Test
    void writesNothingWhenItIsOnlyAsked() throws IOException {
        assertEquals(0, repair("--dry-run"));
        assertTrue(output().contains("marked as finished"), this::output);
        assertNothingWritten();
    }

    @Test
    void writesNothingUnlessSomebodySaysYes() throws IOException {
        assertEquals(2, repair());
        assertTrue(errors().contains("--yes"), this::errors);
        answer = "";
        assertEquals(1, repair());
        assertTrue(output().endsWith("Continue? [y/N] "), this::output);
        assertNothingWritten();
        answer = "y";
        assertEquals(0, repair());
        assertTrue(Files.exists(to));
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        assertEquals(
                1,
                repair("--yes", "--report", temporary.resolve("no/such/report").toString()));
        assertTrue(errors().contains("report"), this::errors);
        assertEquals(1, errors().lines().count(), this::errors);
        assertNothingWritten();
    }

    @Test
    void repairsAStoreWithoutItsManifest() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("MANIFEST.*|CURRENT"))
                    .toList()) {
                Files.delete(file);
            }
        }
        assertEquals(0, repair("--yes"), this::errors);
        assertTrue(output().contains("file: "), this::output);
        assertEquals(0, verify(to), this::output);
    }

    @Test
    void refusesWhatItCanNotWriteTo() throws IOException {
        Files.createDirectory(to);
        assertEquals(1, repair("--yes"));
        assertTrue(errors().contains("exists"), this::errors);
        assertEquals(1, repair(data.resolve("new"), "--yes"));
        assertTrue(errors().contains("within"), this::errors);
        assertEquals(1, repair(temporary.resolve("no/such"), "--yes"));
        assertTrue(errors().contains("there is no directory"), this::errors);
    }

    @Test
    void refusesAStoreThatIsInUseAndOneThatIsNotThere() throws IOException {
        try (StoreFiller store = new StoreFiller(data)) {
            store.connect("pub");
            assertEquals(1, repair("--yes"));
            assertTrue(errors().contains("in use"), this::errors);
        }
        data = temporary.resolve("missing");
        assertEquals(1, repair("--yes"));
        assertEquals(1, errors().lines().count(), this::errors);
        assertFalse(Files.exists(to));
    }

    @Test
    void refusesOptionsThatItDoesNotKnow() {
        assertEquals(2, repair("--quickly"));
    }
}
