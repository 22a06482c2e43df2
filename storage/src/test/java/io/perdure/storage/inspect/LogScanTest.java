package io.perdure.storage.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.format.Family;
import io.perdure.storage.inspect.LogState.Tear;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A torn tail is told from damage, whatever is wrong and wherever it is. */
class LogScanTest {

    @TempDir
    private Path temp;

    private Path store() {
        return temp.resolve("store");
    }

    @Test
    void findsNothingWrongWithAWholeLog() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(5, true).group(100_000, true).nextFile().groups(3, false);
        }
        LogState state = scan();
        assertNull(state.tear());
        assertEquals(9, state.groups());
        assertEquals(2, state.files().size());
    }

    @Test
    void findsNothingWrongAfterEachOfSeveralStarts() throws IOException {
        for (int start = 0; start < 4; start++) {
            try (LogMaker log = new LogMaker(store())) {
                log.groups(start, true);
            }
            assertNull(scan().tear(), "start " + start);
        }
    }

    /** Tables are written of one family or the other, brokers start and end, which puts nothing into tables. */
    @Test
    void findsNothingWrongWhicheverFamiliesTheLogIsNeededFor() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int start = 0; start < 30; start++) {
            try (LogMaker log = new LogMaker(store())) {
                for (int steps = random.nextInt(12); steps > 0; steps--) {
                    switch (random.nextInt(4)) {
                        case 0 -> log.flush(Family.QUEUE);
                        case 1 -> log.flush(Family.META);
                        default -> log.group(random.nextInt(2000), random.nextBoolean(), random.nextBoolean());
                    }
                }
            }
            assertNull(scan().tear(), "start " + start);
        }
    }

    @Test
    void findsTheFirstFileMissingWhenOtherFamiliesNeedLess() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(3, true)
                    .flush(Family.QUEUE)
                    .groups(3, true)
                    .flush(Family.META)
                    .groups(3, true);
        }
        assertNull(scan().tear());
        Files.delete(LogMaker.logs(store()).get(0));
        assertTrue(Objects.requireNonNull(scan().tear()).damage());
    }

    @Test
    void takesALogThatIsCutOffAnywhereForATornTail() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(6, true);
        }
        Path file = LogMaker.lastLog(store());
        byte[] whole = Files.readAllBytes(file);
        List<Integer> ends = groupEnds(whole);
        for (int size = 0; size < whole.length; size++) {
            Files.write(file, Arrays.copyOf(whole, size));
            int groups = before(ends, size);
            LogState state = scan();
            assertEquals(groups, state.groups(), "cut at " + size);
            Tear tear = state.tear();
            if (tear != null) {
                assertFalse(tear.damage(), "cut at " + size);
                assertFalse(tear.isFollowed());
                assertEquals(size, tear.offset() + tear.droppedBytes());
            }
        }
    }

    @Test
    void findsEachFlippedBitInWhatWasSynced() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(6, true);
        }
        Path file = LogMaker.lastLog(store());
        byte[] whole = Files.readAllBytes(file);
        List<Integer> ends = groupEnds(whole);
        assertEquals(6, ends.size());
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(file, flipped);
            Tear tear = Objects.requireNonNull(scan().tear(), "bit " + bit);
            int group = before(ends, bit / Byte.SIZE);
            assertEquals(group, tear.lastGroup(), "bit " + bit);
            // nothing vouches for the last one, and the last but one is vouched for by it
            assertEquals(group < 5, tear.damage(), "bit " + bit + ": " + tear);
        }
    }

    @Test
    void findsDamageInRecordsOfManyBlocks() throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (LogMaker log = new LogMaker(store())) {
            for (int i = 0; i < 40; i++) {
                log.group(random.nextInt(100_000), true);
            }
            log.groups(2, true);
        }
        Path file = LogMaker.lastLog(store());
        byte[] whole = Files.readAllBytes(file);
        List<Integer> ends = groupEnds(whole);
        for (int i = 0; i < 100; i++) {
            byte[] changed = whole.clone();
            int from = random.nextInt(ends.get(ends.size() - 3));
            int length = 1 + random.nextInt(random.nextBoolean() ? 1 : 50_000);
            for (int at = from; at < Math.min(from + length, ends.get(ends.size() - 3)); at++) {
                changed[at] = (byte) (i % 2 == 0 ? 0 : changed[at] ^ 0x5a);
            }
            if (Arrays.equals(whole, changed)) {
                continue;
            }
            Files.write(file, changed);
            Tear tear = scan().tear();
            int group = before(ends, Arrays.mismatch(whole, changed));
            assertTrue(tear != null ? tear.damage() && tear.lastGroup() == group : inPadding(whole, changed));
        }
    }

    /** The ends of blocks may hold fewer bytes than a header; nothing is there to be damaged. */
    private static boolean inPadding(byte[] whole, byte[] changed) {
        for (int i = 0; i < whole.length; i++) {
            if (whole[i] != changed[i] && i % 32_768 < 32_762) {
                return false;
            }
        }
        return true;
    }

    @Test
    void takesWhatNobodyVouchesForForATornTailWhereverItIs() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(2, true).groups(6, false);
        }
        Path file = LogMaker.lastLog(store());
        byte[] whole = Files.readAllBytes(file);
        List<Integer> ends = groupEnds(whole);
        for (int at = ends.get(1); at < whole.length; at++) {
            byte[] changed = whole.clone();
            changed[at] ^= 1;
            Files.write(file, changed);
            Tear tear = Objects.requireNonNull(scan().tear());
            assertFalse(tear.damage(), "byte " + at);
            assertEquals(at < ends.get(6), tear.isFollowed(), "byte " + at);
        }
        Files.write(file, flip(whole, ends.get(0)));
        assertTrue(Objects.requireNonNull(scan().tear()).damage(), "the second group was on the device");
    }

    @Test
    void countsTheRowsThatWouldBeLost() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(5, true).nextFile().groups(4, true);
        }
        List<Path> logs = LogMaker.logs(store());
        Path first = logs.get(0);
        byte[] whole = Files.readAllBytes(first);
        int at = groupEnds(whole).get(2);
        Files.write(first, flip(whole, at));

        Tear tear = Objects.requireNonNull(scan().tear());
        assertTrue(tear.damage());
        assertEquals(first, tear.file());
        assertEquals(at, tear.offset());
        assertEquals(3, tear.lastGroup());
        assertEquals(8, tear.durableGroup());
        assertEquals(5, tear.laterGroups());
        assertEquals(12, tear.droppedRows());
        assertEquals(List.of(logs.get(1)), tear.laterFiles());
        assertEquals("a checksum is wrong", tear.reason());
    }

    @Test
    void findsAMissingFileOfTheLog() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(3, true).nextFile().groups(3, true).nextFile().groups(3, true);
        }
        List<Path> logs = LogMaker.logs(store());
        assertEquals(3, logs.size());
        for (Path missing : logs.subList(0, 2)) {
            byte[] content = Files.readAllBytes(missing);
            Files.delete(missing);
            Tear tear = present(scan().tear(), missing);
            assertTrue(tear.damage(), missing + ": " + tear);
            assertEquals("what comes before it in the log is missing", tear.reason());
            Files.write(missing, content);
        }
        assertNull(scan().tear());
    }

    @Test
    void findsThatTheEndOfAFileIsMissingBeforeTheNext() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(3, true).nextFile().groups(3, true);
        }
        Path first = LogMaker.logs(store()).get(0);
        byte[] whole = Files.readAllBytes(first);
        int end = groupEnds(whole).get(1);
        for (int size = end; size < whole.length; size++) {
            Files.write(first, Arrays.copyOf(whole, size));
            Tear tear = Objects.requireNonNull(scan().tear());
            assertTrue(tear.damage(), "cut at " + size);
            assertEquals(2, tear.lastGroup());
        }
    }

    /** Where there is no space for tables, the log before a start stays, with a torn tail that the start has dropped. */
    @Test
    void acceptsATornTailThatAnEarlierStartHasDropped() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(3, true).group(1_000, false);
        }
        Path first = LogMaker.lastLog(store());
        byte[] whole = Files.readAllBytes(first);
        int end = groupEnds(whole).get(2);
        for (int size = end; size < whole.length; size += 97) {
            Files.write(first, Arrays.copyOf(whole, size));
            Path copy = temp.resolve("cut-at-" + size);
            LogMaker.copy(store(), copy);
            try (LogMaker log = LogMaker.withoutRoom(copy)) {
                log.groups(3, true);
            }
            assertEquals(2, LogMaker.logs(copy).size());
            assertNull(Objects.requireNonNull(LogScan.scan(copy)).tear(), "cut at " + size);
        }
        // a start that had seen the fourth group would not have begun with its sequence
        Files.write(first, whole);
        try (LogMaker log = LogMaker.withoutRoom(store())) {
            log.groups(3, true);
        }
        assertNull(scan().tear());
        Files.write(first, Arrays.copyOf(whole, end));
        assertTrue(Objects.requireNonNull(scan().tear()).damage());
    }

    @Test
    void findsThatThereIsNoLogAtAll() throws IOException {
        try (LogMaker log = new LogMaker(store())) {
            log.groups(3, true);
        }
        Files.delete(LogMaker.lastLog(store()));
        Tear tear = Objects.requireNonNull(scan().tear());
        assertTrue(tear.damage());
        assertEquals("there is no log file", tear.reason());
    }

    @Test
    void findsNothingWrongWithACopy() throws IOException {
        Path copy = temp.resolve("checkpoint");
        try (LogMaker log = new LogMaker(store())) {
            log.groups(3, true).checkpoint(copy);
        }
        assertNull(Objects.requireNonNull(LogScan.scan(copy)).tear());
    }

    @Test
    void doesNotLookAtLogsThatAreNotNeededAnyMore() throws IOException {
        Path image = temp.resolve("image");
        try (LogMaker log = new LogMaker(store())) {
            log.groups(5, true);
            LogMaker.copy(store(), image);
        }
        Path old = LogMaker.lastLog(image);
        new LogMaker(store()).close(); // a recovery puts everything into tables
        byte[] damaged = flip(Files.readAllBytes(old), 40);
        Files.write(store().resolve(old.getFileName()), damaged);

        assertNull(scan().tear());
    }

    @Test
    void leavesAManifestThatItCannotReadToRocksDb() throws IOException {
        new LogMaker(store()).close();
        Files.writeString(store().resolve("CURRENT"), "nonsense\n");
        assertNull(LogScan.scan(store()));
        Files.delete(store().resolve("CURRENT"));
        assertNull(LogScan.scan(store()));
    }

    private LogState scan() throws IOException {
        return Objects.requireNonNull(LogScan.scan(store()));
    }

    private static Tear present(@Nullable Tear tear, Path what) {
        assertNotNull(tear, what.toString());
        return Objects.requireNonNull(tear);
    }

    private static byte[] flip(byte[] whole, int at) {
        byte[] changed = whole.clone();
        changed[at + 20] ^= 1;
        return changed;
    }

    private static int before(List<Integer> ends, int offset) {
        return (int) ends.stream().filter(end -> end <= offset).count();
    }

    /** Where the groups of a log end. */
    private List<Integer> groupEnds(byte[] log) throws IOException {
        Path file = Files.write(temp.resolve("copy.log"), log);
        List<Integer> ends = new ArrayList<>();
        LogRecord record = new LogRecord();
        try (RecordFile records = new RecordFile(file, 0)) {
            while (records.next(record)) {
                if (record.note() != null) {
                    ends.add((int) records.offset());
                }
            }
            assertNull(records.fault());
        }
        return ends;
    }
}
