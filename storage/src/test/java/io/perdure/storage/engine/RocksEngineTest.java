package io.perdure.storage.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine.Batch;
import io.perdure.storage.engine.Engine.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RocksEngineTest extends EngineContract {

    @Override
    Engine open(Path directory) {
        return RocksEngine.open(directory, FAMILIES);
    }

    @Override
    Engine openCheckpoint(Path directory) {
        return RocksEngine.open(directory, FAMILIES);
    }

    @Test
    void holdsTheSameAsTheEngineInMemory() {
        try (Engine memory = new MemoryEngine(FAMILIES)) {
            assertEquals(ContentHash.of(memory), ContentHash.of(engine));
            for (Engine each : List.of(memory, engine)) {
                try (Batch batch = each.newBatch()) {
                    for (int i = 0; i < 1000; i++) {
                        batch.put(i % 3, b("key" + i), b("value" + i));
                    }
                    batch.deleteRange(BUSY, b("key5"), b("key7"));
                    each.write(batch, false);
                }
            }
            assertEquals(ContentHash.of(memory), ContentHash.of(engine));
        }
    }

    @Test
    void keepsWhatWasClosed() {
        putAll(QUIET, "a");
        putAll(BUSY, "b");
        engine.flush(BUSY);
        engine.close();
        engine = open(temp.resolve("store"));

        assertEquals(List.of("a=a"), scan(QUIET, "", null));
        assertEquals(List.of("b=b"), scan(BUSY, "", null));
    }

    @Test
    void keepsSyncedWritesWhenTheProcessDies() throws Exception {
        keepsWrites("synced");
    }

    @Test
    void keepsUnsyncedWritesWhenTheProcessDies() throws Exception {
        keepsWrites("unsynced");
    }

    private void keepsWrites(String mode) throws Exception {
        Path store = temp.resolve("killed");
        Path temporary = Files.createDirectory(temp.resolve("tmp"));
        try (EngineChild child = EngineChild.start(temporary, mode, store, 200)) {
            assertEquals("written", child.line());
        }

        try (Engine found = open(store)) {
            assertEquals(200, scan(found, BUSY, "", null).size());
            assertEquals(200, scan(found, QUIET, "", null).size());
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertEquals(
                    List.of(),
                    left.filter(p -> !p.getFileName().toString().startsWith("hsperfdata"))
                            .toList());
        }
    }

    @Test
    void runsWithTheOptionsThatDurabilityRestsOn() throws IOException {
        Map<String, String> effective = RocksSettings.effective(temp.resolve("store"));

        assertEquals("false", effective.get("manual_wal_flush"));
        assertEquals("0", effective.get("recycle_log_file_num"));
        assertEquals("kPointInTimeRecovery", effective.get("wal_recovery_mode"));
        assertEquals(Long.toString(Room.in(temp.resolve("store")).maxLogBytes()), effective.get("max_total_wal_size"));
        assertTrue(fileHolds("OPTIONS-", "memtable_insert_with_hint_prefix_extractor=rocksdb.FixedPrefix.4"));
    }

    @Test
    void putsNotesIntoTheLog() throws IOException {
        try (Batch batch = engine.newBatch()) {
            batch.put(QUIET, b("k"), b("v"));
            batch.note(b("this is a note"));
            engine.write(batch, true);
        }

        assertTrue(fileHolds(".log", "this is a note"));
    }

    @Test
    void writesBatchesOfManyMegabytes() {
        byte[] large = new byte[9 << 20];
        new Random(1).nextBytes(large);
        try (Batch batch = engine.newBatch()) {
            for (int i = 0; i < 100_000; i++) {
                batch.put(BUSY, b("key" + i), b("value" + i));
            }
            batch.put(QUIET, b("large"), large);
            engine.write(batch, true);
            batch.clear();
            batch.put(QUIET, b("small"), b("s"));
            engine.write(batch, true);
        }

        assertEquals(100_000, scan(BUSY, "", null).size());
        assertArrayEquals(large, engine.get(QUIET, b("large")));
        assertEquals("s", get(QUIET, "small"));
    }

    @Test
    void endsScansOfOtherThreadsBeforeItCloses() throws Exception {
        putAll(QUIET, "a", "b");
        CountDownLatch scanning = new CountDownLatch(1);
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Future<?> scan = reader.submit(() -> {
                try (Rows rows = engine.scan(QUIET, b(""), null)) {
                    while (true) {
                        rows.seek(b("a"));
                        scanning.countDown();
                    }
                } catch (StoreException e) {
                    return e.toString();
                }
            });
            scanning.await();
            engine.close();

            assertTrue(scan.get().toString().contains("closed"), scan.get().toString());
        } finally {
            reader.shutdownNow();
        }
    }

    @Test
    void readsAStoppedStoreWithoutChangingIt() throws IOException {
        putAll(QUIET, "a");
        engine.flush(QUIET);
        putAll(BUSY, "b");
        String hash = ContentHash.of(engine);
        engine.close();
        Map<String, String> before = StoreFiles.contents(temp.resolve("store"));

        try (Engine reader = RocksEngine.openReadOnly(temp.resolve("store"), FAMILIES)) {
            assertEquals(hash, ContentHash.of(reader));
            try (Batch batch = reader.newBatch()) {
                batch.put(QUIET, b("x"), b("x"));
                assertThrows(StoreException.class, () -> reader.write(batch, false));
            }
            assertThrows(StoreException.class, () -> reader.flush(QUIET));
        }
        assertEquals(before, StoreFiles.contents(temp.resolve("store")));
    }

    @Test
    void readsALiveStoreWithoutDisturbingIt() throws IOException {
        putAll(QUIET, "a");
        engine.flush(QUIET);
        putAll(BUSY, "b");
        Path own = temp.resolve("own");
        Map<String, String> before = StoreFiles.contents(temp.resolve("store"), "LOCK");

        try (Engine reader = RocksEngine.openSecondary(temp.resolve("store"), own, FAMILIES)) {
            assertEquals(before, StoreFiles.contents(temp.resolve("store"), "LOCK"));
            assertEquals(ContentHash.of(engine), ContentHash.of(reader));
            try (Batch batch = reader.newBatch()) {
                batch.put(QUIET, b("x"), b("x"));
                assertThrows(StoreException.class, () -> reader.write(batch, false));
            }
            putAll(BUSY, "c");
            engine.flush(BUSY);
            assertEquals(List.of("b=b"), scan(reader, BUSY, "", null));
        }
        putAll(BUSY, "d");
        assertEquals(List.of("b=b", "c=c", "d=d"), scan(BUSY, "", null));
    }

    private boolean fileHolds(String name, String text) throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("store"))) {
            for (Path file :
                    files.filter(f -> f.getFileName().toString().contains(name)).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
            return false;
        }
    }
}
