package io.perdure.storage.inspect;

import static io.perdure.storage.inspect.StoreRows.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreOpeningTest {

    @TempDir
    private Path directory;

    @TempDir
    private Path temporary;

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            assertEquals(List.of(), files.toList());
        }
    }

    private static long count(StoreReader reader) {
        long count = 0;
        try (Scan<QueueEntryView> scan = reader.queues(null)) {
            while (scan.hasNext()) {
                scan.next();
                count++;
            }
        }
        return count;
    }

    @Test
    void readsAStoppedStoreAndLeavesItAsItWas() throws IOException {
        try (RocksEngine engine = RocksEngine.open(directory, Family.all())) {
            new StoreRows(engine).format(Values.FORMAT_VERSION).session("c", 1).queue("c", 1, entry(1, 1));
        }
        Set<Path> before = files();
        try (StoreReader reader = StoreOpening.open(directory, temporary)) {
            assertEquals(StoreInfo.Mode.STOPPED, reader.info().mode());
            assertEquals(1, count(reader));
        }
        assertEquals(before, files());
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.collect(Collectors.toSet());
        }
    }

    @Test
    void readsALiveStoreAsOfOneMomentWhileItIsWritten() throws IOException {
        try (RocksEngine engine = RocksEngine.open(directory, Family.all())) {
            StoreRows rows = new StoreRows(engine).format(Values.FORMAT_VERSION).session("c", 1);
            rows.queue("c", 1, entry(1, 1)).queue("c", 1, entry(2, 1));
            try (StoreReader reader = StoreOpening.open(directory, temporary)) {
                assertEquals(StoreInfo.Mode.LIVE, reader.info().mode());
                rows.queue("c", 1, entry(3, 1));
                assertEquals(2, count(reader));
                assertEquals(2, count(reader));
            }
            assertTrue(RocksEngine.isInUse(directory));
            try (StoreReader reader = StoreOpening.open(directory, temporary)) {
                assertEquals(3, count(reader));
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void leavesNoFilesBehindWhenALiveStoreIsRefused() throws IOException {
        try (RocksEngine engine = RocksEngine.open(directory, Family.all())) {
            new StoreRows(engine).format(Values.FORMAT_VERSION + 1);
            assertThrows(StoreException.class, () -> StoreOpening.open(directory, temporary));
        }
        assertNothingIsLeft();
    }

    @Test
    void saysInOneLineThatThereIsNoStore() {
        for (Path path : new Path[] {directory, directory.resolve("missing")}) {
            StoreException refused = assertThrows(StoreException.class, () -> StoreOpening.open(path, temporary));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains(path.toString()), message);
            assertEquals(1, message.lines().count(), message);
        }
        assertTrue(Files.notExists(directory.resolve("missing")));
    }

    @Test
    void givesUpOnAnOpeningThatDoesNotEnd() {
        CountDownLatch never = new CountDownLatch(1);
        StoreException late = assertThrows(
                StoreException.class,
                () -> StoreOpening.inTime(
                        directory,
                        () -> {
                            never.await();
                            return "";
                        },
                        20));
        assertTrue(String.valueOf(late.getMessage()).contains("did not open"), late::getMessage);
        never.countDown();
    }
}
