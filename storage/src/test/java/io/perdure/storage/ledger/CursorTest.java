package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CursorTest {

    /** What is stored; as rows are. */
    private static final class Stored implements Cursor.Rows {
        long head = 1;
        long sentLimit = 1;
        final TreeMap<Long, long[]> pages = new TreeMap<>();
        final TreeMap<Long, long[]> chunks = new TreeMap<>();

        @Override
        public void position(long head, long sentLimit) {
            this.head = head;
            this.sentLimit = sentLimit;
        }

        @Override
        public void page(long page, long[] bits) {
            pages.put(page, bits.clone());
        }

        @Override
        public void removePage(long page) {
            pages.remove(page);
        }

        @Override
        public void chunk(long ordinal, long[] sequences) {
            chunks.put(ordinal, sequences);
        }

        @Override
        public void removeChunk(long ordinal) {
            chunks.remove(ordinal);
        }

        Cursor load() {
            Cursor c = new Cursor();
            c.loadPosition(head, sentLimit);
            pages.forEach((n, bits) -> c.loadPage(n, bits.clone()));
            chunks.forEach(
                    (n, s) -> c.loadChunk(n, java.util.Arrays.stream(s).boxed().toList()));
            return c;
        }
    }

    @Test
    void isWhatItWasAfterAnyNumberOfReloads() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Cursor cursor = new Cursor();
        Stored stored = new Stored();
        TreeSet<Long> unfinished = new TreeSet<>();
        List<Long> released = new ArrayList<>();
        long next = 1;
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    for (int i = random.nextInt(5); i > 0; i--) {
                        unfinished.add(next++);
                    }
                }
                case 3, 4, 5 -> {
                    Long s = pick(random, unfinished);
                    if (s != null) {
                        cursor.finish(s);
                        unfinished.remove(s);
                        released.remove(s);
                    }
                }
                case 6 -> {
                    Long s = pick(random, unfinished);
                    if (s != null) {
                        cursor.release(s);
                        if (!released.contains(s)) {
                            released.add(s);
                        }
                    }
                }
                default -> {
                    cursor.store(stored);
                    if (random.nextBoolean()) {
                        cursor = stored.load();
                    }
                }
            }
            long head = unfinished.isEmpty() ? next : unfinished.first();
            assertEquals(head, cursor.head(), "seed " + seed + ", step " + step);
            assertEquals(unfinished.size(), cursor.unfinishedBelow(next), "seed " + seed + ", step " + step);
        }
        cursor.store(stored);
        cursor = stored.load();
        assertArrayEquals(released.stream().mapToLong(Long::longValue).toArray(), cursor.released(), "seed " + seed);
        for (long s = 1; s < next; s++) {
            assertEquals(!unfinished.contains(s), cursor.isFinished(s), "seed " + seed + ", sequence " + s);
        }
    }

    @Test
    void storesNoRowsForWhatIsPassed() {
        Cursor cursor = new Cursor();
        Stored stored = new Stored();
        for (long s = 2; s < 5000; s++) {
            cursor.finish(s);
        }
        cursor.store(stored);
        assertEquals(5, stored.pages.size());
        cursor.finish(1);
        cursor.store(stored);
        assertEquals(0, stored.pages.keySet().stream().filter(p -> p < 4).count());
        assertEquals(5000, stored.head);
    }

    private static @Nullable Long pick(Random random, NavigableSet<Long> from) {
        if (from.isEmpty()) {
            return null;
        }
        Long s = from.ceiling(from.first() + random.nextInt(200));
        return s == null ? from.first() : s;
    }
}
