package io.perdure.storage.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine.Batch;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryEngineTest extends EngineContract {

    @Override
    Engine open(Path directory) {
        return new MemoryEngine(FAMILIES);
    }

    @Override
    Engine openCheckpoint(Path directory) {
        return MemoryEngine.openCheckpoint(directory, FAMILIES);
    }

    @Test
    void keepsAllUpToTheLastSyncAndAPrefixOfTheRest() {
        for (int kept = 0; kept <= 3; kept++) {
            MemoryEngine memory = new MemoryEngine(FAMILIES);
            write(memory, "1", false);
            write(memory, "2", true);
            write(memory, "3", false);
            write(memory, "4", false);
            write(memory, "5", false);
            assertEquals(3, memory.unsyncedBatches());

            MemoryEngine found = memory.crash(kept);

            List<String> all = List.of("1=a", "2=a", "3=a", "4=a", "5=a");
            assertEquals(all.subList(0, 2 + kept), scan(found, QUIET, "", null));
            assertEquals(all.subList(0, 2 + kept), scan(found, BUSY, "", null));
            assertEquals(0, found.unsyncedBatches());
            assertThrows(StoreException.class, () -> write(memory, "6", true));
        }
    }

    @Test
    void choosesEveryPrefixAtRandom() {
        Set<Integer> sizes = new HashSet<>();
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            MemoryEngine memory = new MemoryEngine(FAMILIES);
            write(memory, "1", false);
            write(memory, "2", false);
            sizes.add(scan(memory.crash(random), QUIET, "", null).size());
        }

        assertEquals(Set.of(0, 1, 2), sizes);
    }

    @Test
    void survivesOneCrashAfterAnother() {
        MemoryEngine memory = new MemoryEngine(FAMILIES);
        write(memory, "1", true);
        MemoryEngine second = memory.crash(0);
        write(second, "2", false);
        MemoryEngine third = second.crash(0);
        write(third, "3", true);

        assertEquals(List.of("1=a", "3=a"), scan(third.crash(0), QUIET, "", null));
    }

    @Test
    void refusesOneWriteWhenAsked() {
        MemoryEngine memory = new MemoryEngine(FAMILIES);
        memory.refuseNextWrite();

        assertThrows(StoreException.class, () -> write(memory, "1", true));
        write(memory, "2", true);
        assertEquals(List.of("2=a"), scan(memory, QUIET, "", null));
        assertEquals(List.of("2=a"), scan(memory.crash(0), QUIET, "", null));
    }

    @Test
    void mayFindTheWriteThatFailedAtTheDevice() {
        for (int kept = 0; kept <= 1; kept++) {
            MemoryEngine memory = new MemoryEngine(FAMILIES);
            memory.breakAtNextWrite();
            assertThrows(StoreException.class, () -> write(memory, "1", true));
            assertThrows(StoreException.class, () -> write(memory, "2", true));
            assertTrue(scan(memory, QUIET, "", null).isEmpty());

            MemoryEngine found = memory.crash(kept);

            assertEquals(kept, scan(found, QUIET, "", null).size());
            write(found, "3", true);
        }
    }

    /** One batch that changes two families. */
    private static void write(Engine engine, String key, boolean sync) {
        try (Batch batch = engine.newBatch()) {
            batch.put(QUIET, b(key), b("a"));
            batch.put(BUSY, b(key), b("a"));
            engine.write(batch, sync);
        }
    }
}
