package io.perdure.storage.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.RecoveryPolicy;
import io.perdure.storage.RecoveryReport;
import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.Store;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Subscription;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.GroupNote;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.LimitsValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start does with a log that is damaged, and with one that is torn. */
class LogCheckTest {

    private static final int GROUPS = 9;

    @TempDir
    private Path directory;

    /** Groups of one row each, in three log files, all of them needed. */
    @BeforeEach
    void makeStore() {
        open(RecoveryPolicy.STRICT).close();
        try (Engine engine = RocksEngine.open(directory, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            for (int i = 1; i <= GROUPS; i++) {
                batch.put(Family.REPLAY.index(), row(i), new byte[100]);
                if (i % 3 == 1) {
                    batch.put(Family.EXPIRY.index(), Keys.expiry(1L << 60, Keys.EXPIRES_QUEUE, row(i)), new byte[0]);
                }
                batch.note(new GroupNote(i, i - 1).toBytes());
                engine.write(batch, true);
                batch.clear();
                if (i % 3 == 0 && i < GROUPS) {
                    engine.flush(Family.EXPIRY.index());
                }
            }
        }
    }

    @Test
    void refusesADamagedLogAndChangesNothing() throws IOException {
        flip(0, "row-02");
        Map<String, String> before = contents();
        StoreException refused = assertThrows(StoreException.class, () -> open(RecoveryPolicy.STRICT));
        assertEquals(StoreException.Kind.DAMAGED, refused.kind());
        String message = String.valueOf(refused.getMessage());
        System.out.println(message);
        assertTrue(message.contains(logs().get(0).getFileName().toString()), message);
        assertTrue(message.contains("a checksum is wrong"), message);
        assertTrue(message.contains("groups 2 to 8 were on the device"), message);
        assertTrue(message.contains("nothing was changed"), message);
        assertEquals(before, contents());
    }

    @Test
    void setsADamagedLogAsideAndServesWhatIsBefore() throws IOException {
        flip(1, "row-05");
        List<byte[]> damaged = new ArrayList<>();
        List<Path> affected = logs().subList(1, 3);
        for (Path log : affected) {
            damaged.add(Files.readAllBytes(log));
        }
        long positions;
        try (Store store = open(RecoveryPolicy.QUARANTINE)) {
            List<String> setAside = store.report().setAside();
            System.out.println(setAside);
            assertEquals(1, setAside.size());
            assertTrue(setAside.get(0).contains("6 rows at most: a checksum is wrong"), setAside.get(0));
        }
        assertEquals(List.of(1, 2, 3, 4), rows());
        Path kept = quarantine();
        for (int i = 0; i < affected.size(); i++) {
            assertTrue(Arrays.equals(
                    damaged.get(i),
                    Files.readAllBytes(kept.resolve(affected.get(i).getFileName()))));
        }
        String list = Files.readString(kept.resolve("set-aside.json"));
        assertTrue(list.contains("\"what\": \"log\""), list);
        assertFalse(Files.exists(kept.resolve("UNFINISHED")));
        try (Engine engine = RocksEngine.openReadOnly(directory, Family.all())) {
            byte[] limits = Objects.requireNonNull(engine.get(Family.META.index(), Keys.meta("limits")));
            positions = Values.parse(LimitsValue.parser(), limits, Family.META).getPosition();
        }
        assertTrue(positions >= 1L << 32, "no identifier is given twice: " + positions);
        RecoveryReport next = report(RecoveryPolicy.STRICT);
        assertEquals(List.of(), next.setAside());
        assertEquals(List.of(), next.repaired());
    }

    @Test
    void finishesWhatAnInterruptedStartHasBegun() throws IOException {
        Quarantine.begin(directory, 0);
        report(RecoveryPolicy.STRICT);
        assertFalse(Files.exists(quarantine().resolve("UNFINISHED")));
        assertNull(contents().get("quarantine/19700101T000000Z/UNFINISHED"));
    }

    @Test
    void saysThatATornTailWasDropped() throws IOException {
        Path last = logs().get(2);
        byte[] whole = Files.readAllBytes(last);
        Files.write(last, Arrays.copyOf(whole, whole.length - 3));
        RecoveryReport report = report(RecoveryPolicy.STRICT);
        System.out.println(report.repaired());
        assertEquals(1, report.repaired().size());
        assertTrue(report.repaired().get(0).contains("the file ends within a record"), report.repaired()::toString);
        assertEquals(List.of(), report.setAside());
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8), rows());
    }

    /** RocksDB would step over zeros and replay what comes after them. */
    @Test
    void endsTheLogAtAHoleThatNobodyVouchesFor() throws IOException {
        try (Engine engine = RocksEngine.open(directory, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            for (int i = 10; i <= 12; i++) {
                batch.put(Family.REPLAY.index(), row(i), new byte[40_000]);
                batch.note(new GroupNote(i, 0).toBytes());
                engine.write(batch, false);
                batch.clear();
            }
        }
        Path last = logs().get(logs().size() - 1);
        byte[] content = Files.readAllBytes(last);
        int at = new String(content, StandardCharsets.ISO_8859_1).indexOf("row-11") - 40;
        Arrays.fill(content, at, at + 4096, (byte) 0);
        Files.write(last, content);

        RecoveryReport report = report(RecoveryPolicy.STRICT);
        assertEquals(1, report.repaired().size());
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), rows());
    }

    /** A row of a session that is not there. */
    private static byte[] row(int i) {
        return Keys.subscription(0, 1, String.format("row-%02d", i));
    }

    private List<Integer> rows() {
        List<Integer> found = new ArrayList<>();
        try (Engine engine = RocksEngine.openReadOnly(directory, Family.all());
                Engine.Rows rows = engine.scan(Family.REPLAY.index(), new byte[0], null)) {
            while (rows.next()) {
                found.add(Integer.parseInt(Keys.fullFilter(rows.key()).substring(4)));
            }
        }
        return found;
    }

    private void flip(int log, String text) throws IOException {
        Path file = logs().get(log);
        byte[] content = Files.readAllBytes(file);
        content[new String(content, StandardCharsets.ISO_8859_1).indexOf(text) + 10] ^= 4;
        Files.write(file, content);
    }

    private List<Path> logs() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".log")).sorted().toList();
        }
    }

    private Path quarantine() throws IOException {
        try (Stream<Path> each = Files.list(directory.resolve("quarantine"))) {
            List<Path> all = each.toList();
            assertEquals(1, all.size());
            return all.get(0);
        }
    }

    private RecoveryReport report(RecoveryPolicy policy) {
        try (Store store = open(policy)) {
            return store.report();
        }
    }

    private Store open(RecoveryPolicy policy) {
        StoreOptions options = StoreOptions.in(directory, e -> {
                    throw new AssertionError(e);
                })
                .withRecovery(policy);
        return Recovery.open(options, new NoRouter());
    }

    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(
                        directory.relativize(file) + " of " + Files.getLastModifiedTime(file),
                        HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    /** There are no subscriptions. */
    private static final class NoRouter implements Router {
        @Override
        public void add(Subscription subscription) {}

        @Override
        public void remove(Subscription subscription) {}

        @Override
        public long version() {
            return 0;
        }

        @Override
        public Route route(byte[] topic) {
            return new Route(0, List.of(), List.of());
        }
    }
}
