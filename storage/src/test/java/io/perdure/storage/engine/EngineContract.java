package io.perdure.storage.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine.Batch;
import io.perdure.storage.engine.Engine.Family;
import io.perdure.storage.engine.Engine.Rows;
import io.perdure.storage.engine.Engine.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every engine does; run for each of them. */
abstract class EngineContract {

    static final List<Family> FAMILIES =
            List.of(new Family("quiet", Use.QUIET), new Family("busy", Use.BUSY, 4), new Family("other", Use.BUSY));
    static final int QUIET = 0;
    static final int BUSY = 1;
    static final int OTHER = 2;

    @TempDir
    Path temp;

    Engine engine;

    abstract Engine open(Path directory);

    abstract Engine openCheckpoint(Path directory);

    @BeforeEach
    void openEngine() {
        engine = open(temp.resolve("store"));
    }

    @AfterEach
    void closeEngine() {
        engine.close();
    }

    @Test
    void readsBackWhatWasPut() {
        put(QUIET, "a", "1");
        put(BUSY, "a", "2");

        assertEquals("1", get(QUIET, "a"));
        assertEquals("2", get(BUSY, "a"));
        assertNull(get(OTHER, "a"));
        assertEquals(FAMILIES, engine.families());
    }

    @Test
    void keepsEmptyKeysAndValues() {
        put(QUIET, "", "empty key");
        put(QUIET, "k", "");

        assertEquals("empty key", get(QUIET, ""));
        assertEquals("", get(QUIET, "k"));
        assertEquals(List.of("=empty key", "k="), scan(QUIET, "", null));
    }

    @Test
    void appliesTheChangesOfABatchInTheirOrder() {
        put(QUIET, "gone", "x");
        try (Batch batch = engine.newBatch()) {
            batch.put(QUIET, b("a"), b("1"));
            batch.put(QUIET, b("a"), b("2"));
            batch.delete(QUIET, b("gone"));
            batch.put(BUSY, b("b1"), b("1"));
            batch.put(BUSY, b("b2"), b("2"));
            batch.deleteRange(BUSY, b("b"), b("b2"));
            batch.delete(OTHER, b("absent"));
            assertEquals(7, batch.count());
            engine.write(batch, true);
        }

        assertEquals(List.of("a=2"), scan(QUIET, "", null));
        assertEquals(List.of("b2=2"), scan(BUSY, "", null));
    }

    @Test
    void usesOnlyTheGivenLengthsAndLeavesArraysToTheCaller() {
        byte[] key = b("keyXXX");
        byte[] value = b("valueXXX");
        try (Batch batch = engine.newBatch()) {
            batch.put(QUIET, key, 3, value, 5);
            Arrays.fill(key, (byte) 'z');
            Arrays.fill(value, (byte) 'z');
            byte[] deleted = b("zzzY");
            batch.put(QUIET, b("zzz"), b("1"));
            batch.delete(QUIET, deleted, 3);
            Arrays.fill(deleted, (byte) 'k');
            engine.write(batch, false);
        }

        assertEquals(List.of("key=value"), scan(QUIET, "", null));
        byte[] got = engine.get(QUIET, b("key"));
        Arrays.fill(got, (byte) 0);
        assertEquals("value", get(QUIET, "key"));
    }

    @Test
    void reusesABatchAfterClear() {
        try (Batch batch = engine.newBatch()) {
            batch.put(QUIET, b("a"), b("1"));
            batch.note(b("note"));
            assertTrue(batch.sizeBytes() >= 6);
            engine.write(batch, true);
            batch.clear();
            assertEquals(0, batch.count());
            batch.put(QUIET, b("b"), b("2"));
            delete(QUIET, "a");
            engine.write(batch, true);
            engine.write(batch, true);
        }

        assertEquals(List.of("b=2"), scan(QUIET, "", null));
    }

    @Test
    void writesBatchesWithoutChanges() {
        try (Batch batch = engine.newBatch()) {
            engine.write(batch, true);
            batch.note(b("nothing else"));
            engine.write(batch, true);
        }
        assertEquals(List.of(), scan(QUIET, "", null));
    }

    @Test
    void refusesArgumentsThatMakeNoSense() {
        try (Batch batch = engine.newBatch()) {
            assertThrows(IndexOutOfBoundsException.class, () -> batch.put(QUIET, b("a"), 2, b("1"), 1));
            assertThrows(IndexOutOfBoundsException.class, () -> batch.put(QUIET, b("a"), 1, b("1"), 2));
            assertThrows(IndexOutOfBoundsException.class, () -> batch.put(FAMILIES.size(), b("a"), b("1")));
            assertThrows(IndexOutOfBoundsException.class, () -> batch.put(-1, b("a"), b("1")));
            assertThrows(IndexOutOfBoundsException.class, () -> batch.delete(QUIET, b("a"), -1));
            batch.put(QUIET, b("b"), b("2"));
            engine.write(batch, true);
        }

        assertEquals(List.of("b=2"), scan(QUIET, "", null));
    }

    @Test
    void ignoresEmptyRanges() {
        put(QUIET, "b", "1");
        try (Batch batch = engine.newBatch()) {
            batch.deleteRange(QUIET, b("b"), b("b"));
            batch.deleteRange(QUIET, b("c"), b("a"));
            assertEquals(0, batch.count());
            engine.write(batch, true);
        }

        assertEquals(List.of("b=1"), scan(QUIET, "", null));
    }

    @Test
    void ordersKeysAsUnsignedBytes() {
        byte[][] keys = {{}, {0}, {0, 0}, {1}, {0x7f}, {(byte) 0x80}, {(byte) 0x80, 0}, {(byte) 0xff}};
        try (Batch batch = engine.newBatch()) {
            for (int i = keys.length - 1; i >= 0; i--) {
                batch.put(OTHER, keys[i], b("v"));
            }
            engine.write(batch, true);
        }

        try (Rows rows = engine.scan(OTHER, new byte[0], null)) {
            for (byte[] key : keys) {
                assertTrue(rows.next());
                assertArrayEquals(key, rows.key());
            }
            assertFalse(rows.next());
        }
    }

    @Test
    void scansFromTheLowerBoundToBeforeTheUpper() {
        putAll(BUSY, "a", "b", "c", "d");

        assertEquals(List.of("b=b", "c=c"), scan(BUSY, "b", "d"));
        assertEquals(List.of("b=b", "c=c"), scan(BUSY, "aa", "cc"));
        assertEquals(List.of("c=c", "d=d"), scan(BUSY, "c", null));
        assertEquals(List.of(), scan(BUSY, "bb", "c"));
        assertEquals(List.of(), scan(BUSY, "c", "b"));
        assertEquals(List.of(), scan(QUIET, "", null));
    }

    @Test
    void seeksWithinTheBounds() {
        putAll(BUSY, "a", "b", "d", "e");

        try (Rows rows = engine.scan(BUSY, b("b"), b("e"))) {
            assertTrue(rows.seek(b("c")));
            assertEquals("d", s(rows.key()));
            assertTrue(rows.seek(b("a")));
            assertEquals("b", s(rows.key()));
            assertTrue(rows.next());
            assertFalse(rows.next());
            assertFalse(rows.next());
            assertTrue(rows.seek(b("b")));
            assertFalse(rows.seek(b("e")));
            assertFalse(rows.next());
        }
    }

    @Test
    void keepsTheArraysOfARowUntilTheScanMoves() {
        putAll(QUIET, "a", "b");

        try (Rows rows = engine.scan(QUIET, b("a"), null)) {
            assertThrows(NoSuchElementException.class, rows::key);
            assertTrue(rows.next());
            byte[] first = rows.key();
            assertSame(first, rows.key());
            assertSame(rows.value(), rows.value());
            assertTrue(rows.next());
            assertEquals("a", s(first));
            assertFalse(rows.next());
            assertThrows(NoSuchElementException.class, rows::value);
        }
    }

    @Test
    void scansWhatWasThereWhenTheScanBegan() {
        putAll(QUIET, "a", "b", "c");

        try (Rows rows = engine.scan(QUIET, b(""), null)) {
            assertTrue(rows.next());
            put(QUIET, "b", "changed");
            delete(QUIET, "c");
            put(QUIET, "d", "new");
            assertTrue(rows.next());
            assertEquals("b", s(rows.value()));
            assertTrue(rows.next());
            assertEquals("c", s(rows.key()));
            assertFalse(rows.next());
        }
        assertEquals(List.of("a=a", "b=changed", "d=new"), scan(QUIET, "", null));
    }

    @Test
    void allowsClosingAScanEarlyAndTwice() {
        putAll(QUIET, "a", "b");
        engine.scan(QUIET, b(""), null).close();
        Rows rows = engine.scan(QUIET, b(""), null);
        assertTrue(rows.next());
        rows.close();
        rows.close();

        assertThrows(IllegalStateException.class, rows::next);
        assertThrows(IllegalStateException.class, () -> rows.seek(b("a")));
        assertEquals(List.of("a=a", "b=b"), scan(QUIET, "", null));
    }

    @Test
    void findsTheLastKeyOfARange() {
        putAll(BUSY, "a1", "a2", "b1");

        assertEquals("a2", text(engine.lastKey(BUSY, b("a"), b("b"))));
        assertEquals("a1", text(engine.lastKey(BUSY, b("a"), b("a2"))));
        assertEquals("b1", text(engine.lastKey(BUSY, b("a"), b("z"))));
        assertNull(engine.lastKey(BUSY, b("c"), b("d")));
        assertNull(engine.lastKey(BUSY, b("a3"), b("b")));
        try (Batch batch = engine.newBatch()) {
            batch.deleteRange(BUSY, b("a"), b("b"));
            engine.write(batch, true);
        }
        assertNull(engine.lastKey(BUSY, b("a"), b("b")));
    }

    @Test
    void estimatesTheNumberOfRows() {
        assertEquals(0, engine.estimateRows(BUSY));
        try (Batch batch = engine.newBatch()) {
            for (int i = 0; i < 1000; i++) {
                batch.put(BUSY, b("key" + i), b("v"));
            }
            engine.write(batch, true);
        }

        assertEquals(1000.0, (double) engine.estimateRows(BUSY), 100);
        engine.flush(BUSY);
        assertEquals(1000.0, (double) engine.estimateRows(BUSY), 100);
    }

    @Test
    void copiesTheStoreAsItIs() {
        putAll(QUIET, "a", "b");
        putAll(BUSY, "c");
        engine.flush(BUSY);
        putAll(BUSY, "d");
        String hash = ContentHash.of(engine);
        engine.checkpoint(temp.resolve("copy"));
        put(BUSY, "later", "x");

        assertNotEquals(hash, ContentHash.of(engine));
        try (Engine copy = openCheckpoint(temp.resolve("copy"))) {
            assertEquals(hash, ContentHash.of(copy));
        }
    }

    @Test
    void refusesToCopyOverSomethingElse() {
        StoreException refused = assertThrows(StoreException.class, () -> engine.checkpoint(temp));
        assertTrue(refused.toString().contains(temp.toString()), refused.toString());
    }

    @Test
    void refusesEverythingAfterClose() {
        Batch batch = engine.newBatch();
        batch.put(QUIET, b("a"), b("1"));
        engine.close();
        engine.close();

        assertThrows(StoreException.class, () -> engine.write(batch, true));
        assertThrows(StoreException.class, () -> engine.get(QUIET, b("a")));
        assertThrows(StoreException.class, () -> engine.scan(QUIET, b("a"), null));
        assertThrows(StoreException.class, () -> engine.lastKey(QUIET, b("a"), b("b")));
        assertThrows(StoreException.class, () -> engine.estimateRows(QUIET));
        assertThrows(StoreException.class, () -> engine.flush(QUIET));
        assertThrows(StoreException.class, () -> engine.checkpoint(temp.resolve("copy")));
    }

    @Test
    void doesWhatASortedMapDoes() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
        try (Batch batch = engine.newBatch()) {
            for (int round = 0; round < 200; round++) {
                batch.clear();
                for (int i = random.nextInt(20); i > 0; i--) {
                    change(random, batch, model);
                }
                engine.write(batch, random.nextInt(10) == 0);
                if (random.nextInt(20) == 0) {
                    engine.flush(BUSY);
                }
                byte[] lower = key(random);
                byte[] upper = key(random);
                boolean empty = Arrays.compareUnsigned(lower, upper) >= 0;
                assertEquals(
                        empty ? List.of() : listed(model.subMap(lower, upper)),
                        scan(BUSY, s(lower), s(upper)),
                        "seed " + seed);
                byte[] last = model.lowerKey(upper);
                byte[] expected = last != null && Arrays.compareUnsigned(last, lower) >= 0 ? last : null;
                assertArrayEquals(expected, engine.lastKey(BUSY, lower, upper), "seed " + seed);
            }
        }
        assertEquals(listed(model), scan(BUSY, "", null), "seed " + seed);
    }

    @Test
    void showsReadersWholeBatchesOnly() throws Exception {
        int rowsPerBatch = 50;
        ExecutorService reader = Executors.newSingleThreadExecutor();
        try {
            Callable<Integer> check = () -> {
                int seen = 0;
                while (seen < 300) {
                    List<String> rows = scan(BUSY, "", null);
                    assertTrue(rows.isEmpty() || rows.size() == rowsPerBatch, "rows " + rows.size());
                    if (!rows.isEmpty()) {
                        String value = rows.get(0).substring(rows.get(0).indexOf('=') + 1);
                        rows.forEach(r -> assertTrue(r.endsWith("=" + value), r + " beside " + value));
                        seen = Integer.parseInt(value);
                    }
                }
                return seen;
            };
            Future<Integer> checked = reader.submit(check);
            try (Batch batch = engine.newBatch()) {
                for (int round = 0; !checked.isDone(); round++) {
                    batch.clear();
                    for (int i = 0; i < rowsPerBatch; i++) {
                        batch.put(BUSY, b("key" + i), b(Integer.toString(round)));
                    }
                    engine.write(batch, false);
                }
            }
            assertTrue(checked.get() >= 300);
        } finally {
            reader.shutdownNow();
        }
    }

    private static void change(Random random, Batch batch, NavigableMap<byte[], byte[]> model) {
        byte[] key = key(random);
        switch (random.nextInt(6)) {
            case 0 -> {
                batch.delete(BUSY, key);
                model.remove(key);
            }
            case 1 -> {
                byte[] upper = key(random);
                batch.deleteRange(BUSY, key, upper);
                if (Arrays.compareUnsigned(key, upper) < 0) {
                    model.subMap(key, upper).clear();
                }
            }
            default -> {
                byte[] value = b("v" + random.nextInt(1000));
                batch.put(BUSY, key, value);
                model.put(key, value);
            }
        }
    }

    /** Short and long enough for the hint on the first four bytes; keys of all lengths share prefixes. */
    private static byte[] key(Random random) {
        byte[] key = new byte[random.nextInt(7)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) ('a' + random.nextInt(3));
        }
        return key;
    }

    private static List<String> listed(Map<byte[], byte[]> rows) {
        List<String> list = new ArrayList<>();
        rows.forEach((k, v) -> list.add(s(k) + "=" + s(v)));
        return list;
    }

    final void put(int family, String key, String value) {
        try (Batch batch = engine.newBatch()) {
            batch.put(family, b(key), b(value));
            engine.write(batch, true);
        }
    }

    final void delete(int family, String key) {
        try (Batch batch = engine.newBatch()) {
            batch.delete(family, b(key));
            engine.write(batch, true);
        }
    }

    final void putAll(int family, String... keys) {
        for (String key : keys) {
            put(family, key, key);
        }
    }

    final @Nullable String get(int family, String key) {
        return text(engine.get(family, b(key)));
    }

    private static @Nullable String text(byte @Nullable [] bytes) {
        return bytes == null ? null : s(bytes);
    }

    final List<String> scan(int family, String lower, @Nullable String upper) {
        return scan(engine, family, lower, upper);
    }

    static List<String> scan(Engine engine, int family, String lower, @Nullable String upper) {
        List<String> found = new ArrayList<>();
        try (Rows rows = engine.scan(family, b(lower), upper == null ? null : b(upper))) {
            while (rows.next()) {
                found.add(s(rows.key()) + "=" + s(rows.value()));
            }
        }
        return found;
    }

    static byte[] b(String text) {
        return text.getBytes(UTF_8);
    }

    static String s(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
