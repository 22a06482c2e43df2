package io.perdure.recovery.power;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.model.Model;
import io.perdure.recovery.model.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fails: the process ends with code 3 and says so in two lines, nothing is acknowledged after the failure,
 * and the next start recovers all that was. A start that can't read or write ends with code 1 and one line.
 */
@Timeout(300)
class IoErrorTest {

    private static final int SLOT = 1;
    private static final int STORE_FAILED = 3;
    private static final int LARGE_BYTES = 200_000;

    /** More of the large ones than a memtable of retained messages takes. */
    private static final int LARGE_ONES = 120;

    private static final int START_OPERATIONS = 60;

    @TempDir
    Path directory;

    private DiskShim disk;
    private Casualty casualty;
    private long seed;

    @BeforeEach
    void makeDisk() throws Exception {
        disk = DiskShim.build(directory, "I/O errors are not tested");
        seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        casualty = new Casualty(disk, seed);
    }

    @AfterEach
    void close() throws IOException {
        if (disk != null) {
            casualty.close();
            disk.close();
        }
    }

    @Test
    void stopsWhenTheLogCantBeWritten() throws Exception {
        begin();
        disk.arm(SLOT, Fault.always(Fault.EIO, "*.log", Operation.WRITE));
        publishUntilItDies();
        recoversAll();
    }

    @Test
    void stopsWhenHalfOfARecordWasWritten() throws Exception {
        begin();
        disk.arm(
                SLOT, Fault.always(Fault.EIO, "*.log", Operation.WRITE).times(1).partially());
        publishUntilItDies();
        recoversAll();
    }

    @Test
    void neverTriesAFailedSyncAgain() throws Exception {
        begin();
        long before = casualty.acknowledged();
        disk.arm(SLOT, Fault.always(Fault.EIO, "*.log", Operation.SYNC));
        publishUntilItDies();
        assertEquals(1, disk.seen(SLOT), "syncs of the log after the one that failed");
        assertEquals(before, casualty.acknowledged(), "acknowledged after a sync had failed");
        recoversAll();
    }

    /** RocksDB would go on by itself when space is back: what failed is nowhere then, and not in some families only. */
    @Test
    void keepsAGroupWholeWhenSpaceEndsInItsSync() throws Exception {
        begin();
        for (int i = 0; i < Integer.getInteger("full", 4); i++) {
            disk.arm(
                    SLOT,
                    Fault.always(Fault.ENOSPC, "*.log", Operation.SYNC).after(i).times(1));
            casualty.publish(1_000, 500);
            assertEquals(STORE_FAILED, casualty.awaitDeath(), casualty.broker()::output);
            assertTrue(complaints().get(0).contains("no space is left"), complaints()::toString);
            disk.disarm(SLOT);
            casualty.begin();
            assertTrue(casualty.awaitAcknowledged());
        }
        casualty.kill();
        recoversAll();
    }

    @Test
    void stopsWithoutAClientThatWrites() throws Exception {
        begin();
        disk.arm(SLOT, Fault.always(Fault.EIO, "*.log", Operation.SYNC));
        assertStopped(); // a client is connected, and the time is noted
        recoversAll();
    }

    /** A table that a full memtable becomes, its directory entry, and the list of tables. */
    @Test
    void stopsWhenATableCantBeStored() throws Exception {
        begin();
        for (Fault fault : List.of(
                Fault.always(Fault.EIO, "*.sst", Operation.CREATE),
                Fault.always(Fault.EIO, "*.sst", Operation.WRITE),
                Fault.always(Fault.EIO, "*.sst", Operation.SYNC),
                Fault.always(Fault.EIO, "data", Operation.SYNC_DIRECTORY),
                Fault.always(Fault.EIO, "MANIFEST-*", Operation.WRITE),
                Fault.always(Fault.EIO, "MANIFEST-*", Operation.SYNC))) {
            disk.arm(SLOT, fault);
            casualty.publishRetained(LARGE_ONES, LARGE_BYTES);
            publishUntilItDies();
            disk.disarm(SLOT);
            casualty.begin();
            assertTrue(casualty.awaitAcknowledged(), fault::toString);
        }
        casualty.kill();
        recoversAll();
    }

    @Test
    void stopsWhenATableCantBeRead() throws Exception {
        begin();
        casualty.kill();
        casualty.begin(); // the log becomes tables
        disk.arm(SLOT, Fault.always(Fault.EIO, "*.sst", Operation.READ));
        casualty.subscriberCalls();
        assertStopped();
        assertTrue(casualty.broker().output().contains(".sst: Input/output error"), casualty.broker()::output);
        recoversAll();
    }

    @Test
    void refusesToStartWhenItCantRead() throws Exception {
        begin();
        casualty.kill();
        casualty.begin(); // the log becomes tables
        casualty.publish(10, 100);
        assertTrue(casualty.awaitAcknowledged());
        casualty.kill();
        Map<String, Long> before = checksums();
        for (Fault fault : List.of(
                Fault.always(Fault.EIO, "CURRENT", Operation.READ),
                Fault.always(Fault.EIO, "MANIFEST-*", Operation.OPEN),
                Fault.always(Fault.EIO, "MANIFEST-*", Operation.READ),
                Fault.always(Fault.EIO, "*.log", Operation.READ),
                Fault.always(Fault.EIO, "*.sst", Operation.READ))) {
            disk.arm(SLOT, fault);
            casualty.start();
            assertRefused(casualty.awaitDeath());
            assertEquals(before, checksums(), fault::toString);
        }
        recoversAll();
    }

    @Test
    void comesBackAfterAStartThatFailedAtAnyStep() throws Exception {
        begin();
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < 8; i++) {
            casualty.kill();
            long skip = random.nextInt(START_OPERATIONS);
            disk.arm(
                    SLOT,
                    Fault.always(Fault.EIO, PowerCut.NOT_INFO_LOG, PowerCut.CHANGES)
                            .after(skip)
                            .times(1));
            if (!casualty.start().awaitListeningOrExit(Casualty.TIMEOUT_MS)) {
                assertRefused(casualty.awaitDeath());
                refused++;
                casualty.start();
            }
        }
        System.out.println(refused + " starts refused");
        casualty.kill();
        recoversAll();
    }

    private void begin() throws IOException {
        casualty.begin();
        casualty.subscribe();
        casualty.publish(100, 500);
        assertTrue(casualty.awaitAcknowledged(), "not acknowledged on a disk that is well");
    }

    private void publishUntilItDies() throws IOException {
        casualty.publish(1_000, 500);
        assertStopped();
    }

    private void assertStopped() throws IOException {
        assertEquals(STORE_FAILED, casualty.awaitDeath(), casualty.broker()::output);
        assertTrue(disk.hits(SLOT) > 0, "nothing has failed");
        List<String> lines = complaints();
        assertEquals(2, lines.size(), casualty.broker()::output);
        assertTrue(lines.get(0).startsWith("perdure: the store failed, stopping: "), lines::toString);
        assertTrue(lines.get(0).contains("nput/output error"), lines::toString);
    }

    private void assertRefused(int code) throws IOException {
        assertEquals(1, code, casualty.broker()::output);
        assertTrue(disk.hits(SLOT) > 0, "nothing has failed");
        List<String> lines = complaints();
        assertEquals(1, lines.size(), casualty.broker()::output);
        assertTrue(lines.get(0).contains("nput/output error"), lines::toString);
    }

    private List<String> complaints() {
        String output = casualty.broker().output();
        assertFalse(output.contains("\tat "), output);
        return output.lines().filter(line -> line.startsWith("perdure: ")).toList();
    }

    private void recoversAll() throws Exception {
        disk.disarm(SLOT);
        List<Violation> violations = casualty.recover();
        assertTrue(violations.isEmpty(), () -> Model.describe(violations));
        assertEquals(0, casualty.broker().stop(Casualty.TIMEOUT_MS), casualty.broker()::output);
    }

    /** Of all files but RocksDB's info log and lock. */
    private Map<String, Long> checksums() throws IOException {
        Map<String, Long> sums = new TreeMap<>();
        for (Path path : DiskState.listed(disk.root())) {
            if (Files.isRegularFile(path) && !path.getFileName().toString().startsWith("LO")) {
                CRC32 sum = new CRC32();
                sum.update(Files.readAllBytes(path));
                sums.put(path.toString(), sum.getValue());
            }
        }
        return sums;
    }
}
