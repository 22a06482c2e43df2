package io.perdure.storage.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.perdure.storage.Command;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.FormatValue;
import io.perdure.storage.format.proto.LimitsValue;
import io.perdure.storage.format.proto.MessageValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.inspect.OpenStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores on disk whose files are damaged: what is readable comes into a new store, and the old one stays as it is. */
class DamagedStoreTest {

    private static final int SESSIONS = 40;
    private static final int ENTRIES = 50;

    @TempDir
    private Path temporary;

    private Path data = Path.of("");
    private final List<Finding> findings = new ArrayList<>();

    /** Queues in tables, with deletions in a newer table, and in the log. */
    @BeforeEach
    void fill() {
        data = temporary.resolve("data");
        FormatValue format = FormatValue.newBuilder().setVersion(1).build();
        LimitsValue limits =
                LimitsValue.newBuilder().setSessionId(1000).setPosition(1000).build();
        try (Engine engine = RocksEngine.open(data, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            put(batch, Family.META, Keys.meta("format"), format);
            put(batch, Family.META, Keys.meta("limits"), limits);
            for (int i = 1; i <= SESSIONS; i++) {
                session(batch, i);
            }
            engine.write(batch, true);
            for (Family family : Family.values()) {
                engine.flush(family.index());
            }
            finishAll(engine, batch, 10);
            engine.flush(Family.QUEUE.index());
            engine.flush(Family.CURSOR.index());
            finishAll(engine, batch, 12);
        }
    }

    private static void put(Engine.Batch batch, Family family, byte[] key, MessageLite value) {
        batch.put(family.index(), key, value.toByteArray());
    }

    private static String client(int i) {
        return "client-" + i;
    }

    private static int slot(int i) {
        return Keys.slot(client(i));
    }

    private static void session(Engine.Batch batch, int i) {
        SessionValue session = SessionValue.newBuilder()
                .setSessionId(i)
                .setExpiryS((int) Command.NO_EXPIRY)
                .build();
        put(batch, Family.SESSION, Keys.session(slot(i), client(i)), session);
        for (int sequence = 1; sequence <= ENTRIES; sequence++) {
            MessageValue.Builder message = MessageValue.newBuilder()
                    .setTopic(ByteString.copyFromUtf8("t"))
                    .setPayload(ByteString.copyFrom(new byte[300]));
            EntryValue entry =
                    EntryValue.newBuilder().setQos(1).setMessage(message).build();
            put(batch, Family.QUEUE, Keys.queue(slot(i), i, sequence), entry);
        }
        finish(batch, i, 1);
    }

    private static void finishAll(Engine engine, Engine.Batch batch, long head) {
        batch.clear();
        for (int i = 1; i <= SESSIONS; i++) {
            finish(batch, i, head);
        }
        engine.write(batch, true);
    }

    private static void finish(Engine.Batch batch, int i, long head) {
        CursorValue cursor =
                CursorValue.newBuilder().setHead(head).setSentLimit(head).build();
        put(batch, Family.CURSOR, Keys.cursor(slot(i), i), cursor);
        batch.deleteRange(Family.QUEUE.index(), Keys.queue(slot(i), i, 1), Keys.queue(slot(i), i, head));
    }

    private Map<Path, byte[]> files() throws IOException {
        try (Stream<Path> files = Files.walk(data)) {
            Map<Path, byte[]> contents = new TreeMap<>();
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(file, Files.readAllBytes(file));
            }
            return contents;
        }
    }

    private record Repaired(CheckResult after, List<String> lostFiles) {}

    /** Makes a sound store of the damaged one, and checks it. */
    private Repaired repair() throws IOException {
        Map<Path, byte[]> original = files();
        Path target = temporary.resolve("target");
        List<String> lostFiles;
        try (OpenStore store = OpenStore.openDamaged(data);
                SoundCopy copy = new SoundCopy(target, false)) {
            lostFiles = store.lostFiles();
            StoreCheck.run(store.engine(), store.asOfMs(), true, new CheckSink() {
                @Override
                public void found(Finding finding) {
                    findings.add(finding);
                }

                @Override
                public void keep(Family family, byte[] key, byte[] value) {
                    copy.add(family, key, value);
                }
            });
            copy.finish();
        }
        Map<Path, byte[]> now = files();
        assertEquals(original.keySet(), now.keySet());
        original.forEach((file, content) -> assertArrayEquals(content, now.get(file), file.toString()));
        List<Finding> left = new ArrayList<>();
        try (OpenStore store = OpenStore.open(target)) {
            CheckResult after = StoreCheck.run(store.engine(), store.asOfMs(), false, left::add);
            assertEquals(List.of(), left);
            assertTrue(store.damagedBlock().isEmpty());
            if (lostFiles.size() < 2) { // otherwise nobody knows what was in them
                assertExactUnlessNamed(store.engine());
            }
            return new Repaired(after, lostFiles);
        }
    }

    private void assertExactUnlessNamed(Engine repaired) {
        Set<String> named =
                findings.stream().map(f -> String.valueOf(f.clientId())).collect(Collectors.toSet());
        for (int i = 1; i <= SESSIONS; i++) {
            if (!named.contains(client(i))) {
                Set<Long> sequences = new HashSet<>();
                try (Engine.Rows rows = repaired.scan(
                        Family.QUEUE.index(), Keys.queue(slot(i), i, 0), Keys.queue(slot(i), i, Long.MAX_VALUE))) {
                    while (rows.next()) {
                        sequences.add(Keys.sequence(rows.key()));
                    }
                }
                assertEquals(ENTRIES - 11, sequences.size(), client(i));
                assertFalse(sequences.contains(11L));
            }
        }
    }

    private Path largestTable() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            return files.filter(f -> f.toString().endsWith(".sst"))
                    .max(Comparator.comparing(f -> f.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void aSoundStoreIsCopiedWhole() throws IOException {
        Repaired repaired = repair();
        assertEquals(List.of(), findings);
        assertEquals(SESSIONS, repaired.after().sessions());
        assertEquals(SESSIONS * (ENTRIES - 11), repaired.after().queued());
    }

    @Test
    void rowsOfADamagedBlockAreLostAndTheirSessionsNamed() throws IOException {
        Path table = largestTable();
        byte[] bytes = Files.readAllBytes(table);
        bytes[bytes.length / 2] ^= 0x40;
        Files.write(table, bytes);
        Repaired repaired = repair();
        assertEquals(
                1,
                findings.stream().filter(f -> f instanceof Finding.Unreadable).count(),
                findings::toString);
        assertTrue(findings.stream().anyMatch(f -> f instanceof Finding.Incomplete), findings::toString);
        assertEquals(SESSIONS, repaired.after().sessions());
        // a block holds about 16 KB
        assertTrue(repaired.after().queued() > (long) SESSIONS * (ENTRIES - 11) - 60, repaired::toString);
        assertTrue(repaired.after().queued() < (long) SESSIONS * (ENTRIES - 11), repaired::toString);
    }

    @Test
    void allOfAMissingTableIsLostAndItsSessionsNamed() throws IOException {
        Files.delete(largestTable());
        Repaired repaired = repair();
        assertFalse(repaired.lostFiles().isEmpty());
        assertEquals(SESSIONS, repaired.after().sessions());
    }

    @Test
    void aStoreWithoutItsManifestIsReadFromItsTablesAndLogs() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith("MANIFEST"))
                    .toList()) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        Repaired repaired = repair();
        assertFalse(repaired.lostFiles().isEmpty());
        assertEquals(List.of(), findings);
        assertEquals(SESSIONS, repaired.after().sessions());
        assertEquals(SESSIONS * (ENTRIES - 11), repaired.after().queued());
    }

    @Test
    void aStoreWithoutCurrentIsReadFromItsTablesAndLogs() throws IOException {
        Files.delete(data.resolve("CURRENT"));
        repair();
        assertEquals(List.of(), findings);
    }

    @Test
    void aTableThatIsNoTableIsLeftOut() throws IOException {
        Files.delete(data.resolve("CURRENT"));
        Files.write(largestTable(), new byte[5000]);
        Repaired repaired = repair();
        assertEquals(2, repaired.lostFiles().size(), repaired::toString);
        assertEquals(SESSIONS, repaired.after().sessions());
        assertEquals(0, repaired.after().queued());
    }
}
