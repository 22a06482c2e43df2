package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RetainedScanTest {

    private final MemoryEngine engine = new MemoryEngine(Family.all());

    @Test
    void findsWhatTheFilterMatchesAndNothingElse() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TreeSet<String> topics = new TreeSet<>();
        for (int i = 0; i < 400; i++) {
            topics.add(levels(random, new String[] {"a", "b", "", "$s", "ab", "\u0001", "é"}, 5));
        }
        topics.remove("");
        topics.forEach(this::retain);
        for (int i = 0; i < 2000; i++) {
            String filter = levels(random, new String[] {"a", "b", "", "$s", "+", "+", "ab"}, 5);
            if (random.nextInt(3) == 0) {
                filter = filter.isEmpty() ? "#" : filter + "/#";
            }
            List<String> expected = new ArrayList<>();
            for (String topic : topics) {
                if (ListRouter.matches(filter.split("/", -1), topic.split("/", -1), 0)) {
                    expected.add(topic);
                }
            }
            List<String> found = scan(filter);
            assertEquals(expected.size(), found.size(), "filter " + filter + ", seed " + seed);
            assertTrue(found.containsAll(expected), "filter " + filter + ", seed " + seed);
        }
    }

    @Test
    void goesOnAfterAKey() {
        List.of("a", "a/", "a/b", "b").forEach(this::retain);
        try (RetainedScan scan = new RetainedScan(engine, "#", Keys.retained(TestStore.utf8("a/")))) {
            assertTrue(scan.next());
            assertEquals("a/b", topic(scan.key()));
        }
    }

    private void retain(String topic) {
        try (Engine.Batch batch = engine.newBatch()) {
            batch.put(Family.RETAINED.index(), Keys.retained(TestStore.utf8(topic)), new byte[0]);
            engine.write(batch, true);
        }
    }

    private List<String> scan(String filter) {
        List<String> found = new ArrayList<>();
        byte[] last = {};
        while (true) {
            try (RetainedScan scan = new RetainedScan(engine, filter, last)) {
                // a new scan for each match: it has to go on exactly where it was
                if (!scan.next()) {
                    return found;
                }
                last = scan.key();
                found.add(topic(last));
            }
        }
    }

    private static String topic(byte[] key) {
        String levels = new String(key, 0, key.length - 1, java.nio.charset.StandardCharsets.UTF_8);
        return levels.replace('\0', '/');
    }

    private static String levels(Random random, String[] from, int most) {
        int n = 1 + random.nextInt(most);
        List<String> levels = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            levels.add(from[random.nextInt(from.length)]);
        }
        return String.join("/", levels);
    }
}
