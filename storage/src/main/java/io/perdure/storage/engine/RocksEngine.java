package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The engine on RocksDB, whose write-ahead log is the log.
 *
 * <p>Opened for writing by one process at a time. Owns its native objects from open to {@link #close}; native memory is
 * bounded by {@link RocksSettings}.
 */
public final class RocksEngine implements Engine {

    private static final int OPEN_ATTEMPTS = 10;

    private final Path directory;
    private final @Nullable Path claimed;
    private final List<Family> families;
    private final RocksSettings settings;
    private final RocksDB db;
    private final List<ColumnFamilyHandle> handles;
    private final int[] columnFamilies;
    private final WriteOptions synced = new WriteOptions().setSync(true);
    private final WriteOptions unsynced = new WriteOptions();
    private final CompactRangeOptions reclaiming = new CompactRangeOptions().setExclusiveManualCompaction(false);
    private final Gate gate;
    private final boolean verifyChecksums;

    private RocksEngine(Path directory, @Nullable Path claimed, List<Family> families, Opened opened) {
        this(directory, claimed, families, opened, true);
    }

    private RocksEngine(
            Path directory, @Nullable Path claimed, List<Family> families, Opened opened, boolean verifyChecksums) {
        this.verifyChecksums = verifyChecksums;
        this.directory = directory;
        this.claimed = claimed;
        this.families = families;
        settings = opened.settings;
        db = opened.db;
        handles = opened.handles;
        columnFamilies =
                handles.stream().skip(1).mapToInt(ColumnFamilyHandle::getID).toArray();
        gate = new Gate(directory);
    }

    /** A database with what belongs to it; the first handle is the default family. */
    private record Opened(RocksSettings settings, RocksDB db, List<ColumnFamilyHandle> handles) {

        void close() throws RocksDBException {
            handles.forEach(ColumnFamilyHandle::close);
            try {
                db.closeE();
            } finally {
                settings.close();
            }
        }
    }

    private interface Opener {
        RocksDB open(DBOptions options, List<ColumnFamilyDescriptor> descriptors, List<ColumnFamilyHandle> handles)
                throws RocksDBException;
    }

    /**
     * Opens a store for writing; makes it if there is none.
     *
     * @param directory made if it is not there
     * @throws StoreException if it can't be opened; a store that was there is as it was
     */
    public static RocksEngine open(Path directory, List<Family> families) {
        return open(directory, families, () -> {});
    }

    /**
     * The same with a last look at a store that is there: nobody else has it open, its kind and its tables are checked, and
     * RocksDB has not begun to replay its log.
     *
     * @param beforeReplay refuses by a StoreException
     */
    public static RocksEngine open(Path directory, List<Family> families, Runnable beforeReplay) {
        return open(directory, families, beforeReplay, Room::in);
    }

    static RocksEngine open(Path directory, List<Family> families, Runnable beforeReplay, Function<Path, Room> roomOf) {
        NativeLibrary.load();
        Path claimed = StoreDirectory.claim(directory);
        RocksEngine engine = null;
        Room room = Room.PLENTY;
        try {
            if (StoreDirectory.holdsStore(directory)) {
                StoreContents.checkForWriting(directory, families);
                beforeReplay.run();
            } else {
                StoreDirectory.checkUnused(directory);
            }
            room = roomOf.apply(directory);
            engine = new RocksEngine(
                    directory, claimed, List.copyOf(families), openForWriting(directory, families, room));
            return engine;
        } catch (RocksDBException e) {
            throw openFailed(directory, e, room);
        } finally {
            if (engine == null) {
                StoreDirectory.release(claimed);
            }
        }
    }

    /** Opens a store that no process writes to, without changing anything. */
    public static RocksEngine openReadOnly(Path directory, List<Family> families) {
        NativeLibrary.load();
        StoreDirectory.checkHoldsStore(directory);
        return openForReading(
                directory,
                families,
                (options, descriptors, handles) ->
                        RocksDB.openReadOnly(options, directory.toString(), descriptors, handles));
    }

    /**
     * Opens a store that no process writes to and that may be damaged, without changing anything. What can't be read is
     * found when it is read: by a StoreException.
     *
     * @param verify false to read blocks of tables though their checksums are wrong: what is in them may be anything
     * @throws StoreException if nothing of it can be read
     */
    public static RocksEngine openDamaged(Path directory, List<Family> families, boolean verify) {
        NativeLibrary.load();
        StoreDirectory.checkHoldsStore(directory);
        try {
            Opened opened = open(
                    RocksSettings.forSalvage(families),
                    (options, descriptors, handles) ->
                            RocksDB.openReadOnly(options, directory.toString(), descriptors, handles));
            return new RocksEngine(directory, null, List.copyOf(families), opened, verify);
        } catch (RocksDBException e) {
            throw openFailed(directory, e, Room.PLENTY);
        }
    }

    /**
     * Opens what the tables and logs of a store hold whose MANIFEST is lost, without changing anything there.
     *
     * @param scratch an empty directory, on any file system with symbolic links; the caller removes it
     * @param problems gets a line for each table that can't be read
     * @throws StoreException if nothing of it can be read
     */
    public static RocksEngine openTables(
            Path directory, Path scratch, List<Family> families, Consumer<String> problems) {
        TableSalvage.link(directory, scratch, families).forEach(problems);
        return openDamaged(scratch, families, true);
    }

    /**
     * Opens a store that a process is writing to, as of now, without disturbing it. Writes that are not synced yet may
     * be seen.
     *
     * @param privateDirectory for files of this reader's own; the caller removes it
     */
    public static RocksEngine openSecondary(Path directory, Path privateDirectory, List<Family> families) {
        NativeLibrary.load();
        StoreDirectory.checkHoldsStore(directory);
        return openForReading(
                directory,
                families,
                (options, descriptors, handles) -> RocksDB.openAsSecondary(
                        options, directory.toString(), privateDirectory.toString(), descriptors, handles));
    }

    /** Whether there are files in which a store may have rows. */
    public static boolean hasTablesOrLogs(Path directory) {
        return Files.isDirectory(directory) && StoreDirectory.hasTablesOrLogs(directory);
    }

    /** Whether a process has the store open for writing. */
    public static boolean isInUse(Path directory) {
        return Files.isDirectory(directory) && StoreDirectory.isInUse(directory);
    }

    private static Opened openForWriting(Path directory, List<Family> families, Room room) throws RocksDBException {
        Opened opened = open(
                RocksSettings.forWriting(families, room),
                (options, descriptors, handles) -> RocksDB.open(options, directory.toString(), descriptors, handles));
        try {
            opened.settings.checkEffective(directory);
            return opened;
        } catch (StoreException e) {
            opened.close();
            throw e;
        }
    }

    private static RocksEngine openForReading(Path directory, List<Family> families, Opener opener) {
        for (int attempt = 1; ; attempt++) {
            try {
                StoreContents.checkForReading(directory, families);
                Opened opened = open(RocksSettings.forReading(families), opener);
                return new RocksEngine(directory, null, List.copyOf(families), opened);
            } catch (RocksDBException e) {
                // a writer may delete a log or a table between the reading of its name and its opening
                if (attempt == OPEN_ATTEMPTS || !Failures.isFileGone(e)) {
                    throw openFailed(directory, e, Room.PLENTY);
                }
            }
        }
    }

    private static Opened open(RocksSettings settings, Opener opener) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = opener.open(settings.database(), settings.descriptors(), handles);
            return new Opened(settings, db, handles);
        } catch (RocksDBException | RuntimeException e) {
            settings.close();
            throw e;
        }
    }

    private static StoreException openFailed(Path directory, RocksDBException e, Room room) {
        if (Failures.isLocked(e)) {
            return StoreDirectory.inUse(directory);
        }
        if (Failures.isDamage(e) || Failures.isFileGone(e)) {
            return StoreDirectory.damaged(directory, Failures.oneLine(e));
        }
        String more =
                room.isTight() ? " without " + (room.missingBytes() / (1 << 20) + 1) + " MiB more disk space" : "";
        return Failures.of("the store in " + directory + " can't be opened" + more, e);
    }

    @Override
    public List<Family> families() {
        return families;
    }

    @Override
    public byte @Nullable [] get(int family, byte[] key) {
        gate.enter();
        try {
            return db.get(handle(family), key);
        } catch (RocksDBException e) {
            throw Failures.of("the store in " + directory + " can't be read", e);
        } finally {
            gate.leave();
        }
    }

    @Override
    public Rows scan(int family, byte[] lower, byte @Nullable [] upper) {
        return rows(family, lower, upper);
    }

    @Override
    public byte @Nullable [] lastKey(int family, byte[] lower, byte[] upper) {
        try (RocksRows rows = rows(family, lower, upper)) {
            return rows.last() ? rows.key() : null;
        }
    }

    @Override
    public long estimateRows(int family) {
        gate.enter();
        try {
            return db.getLongProperty(handle(family), "rocksdb.estimate-num-keys");
        } catch (RocksDBException e) {
            throw Failures.of("the store in " + directory + " can't be read", e);
        } finally {
            gate.leave();
        }
    }

    @Override
    public Batch newBatch() {
        return new RocksBatch(columnFamilies);
    }

    @Override
    public void write(Batch batch, boolean sync) {
        gate.enter();
        try (WriteBatch changes = ((RocksBatch) batch).toNative()) {
            db.write(sync ? synced : unsynced, changes);
        } catch (RocksDBException e) {
            throw Failures.of("the store in " + directory + " can't be written", e);
        } finally {
            gate.leave();
        }
    }

    @Override
    public void flush(int family) {
        gate.enter();
        try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options, handle(family));
        } catch (RocksDBException e) {
            throw Failures.of("the store in " + directory + " can't be flushed", e);
        } finally {
            gate.leave();
        }
    }

    @Override
    public void reclaim(int family, byte[] lower, byte[] upper) {
        gate.enter();
        try {
            if (!reclaiming.canceled()) {
                db.compactRange(handle(family), lower, upper, reclaiming);
            }
        } catch (RocksDBException e) {
            if (!reclaiming.canceled()) {
                throw Failures.of("space of the store in " + directory + " can't be given back", e);
            }
        } finally {
            gate.leave();
        }
    }

    @Override
    public void stopReclaiming() {
        gate.enter();
        try {
            reclaiming.setCanceled(true);
        } finally {
            gate.leave();
        }
    }

    @Override
    public void checkpoint(Path target) {
        gate.enter();
        try (Checkpoint checkpoint = Checkpoint.create(db)) {
            checkpoint.createCheckpoint(target.toString());
        } catch (RocksDBException e) {
            throw Failures.of("the store in " + directory + " can't be copied to " + target, e);
        } finally {
            gate.leave();
        }
    }

    /** Reads every block of all tables; the reason why one can't be read, or nothing if all can. */
    public Optional<String> damagedBlock() {
        gate.enter();
        try {
            db.verifyChecksum();
            return Optional.empty();
        } catch (RocksDBException e) {
            return Optional.of(Failures.oneLine(e));
        } finally {
            gate.leave();
        }
    }

    @Override
    public void close() {
        if (!gate.close(() -> db.cancelAllBackgroundWork(false))) {
            return;
        }
        synced.close();
        unsynced.close();
        reclaiming.close();
        try {
            new Opened(settings, db, handles).close();
        } catch (RocksDBException e) {
            throw Failures.of("the store in " + directory + " was not closed properly", e);
        } finally {
            if (claimed != null) {
                StoreDirectory.release(claimed);
            }
        }
    }

    private RocksRows rows(int family, byte[] lower, byte @Nullable [] upper) {
        ColumnFamilyHandle handle = handle(family);
        gate.enter();
        try {
            return new RocksRows(db, handle, directory, gate, lower, upper, verifyChecksums);
        } catch (RuntimeException e) {
            gate.leave();
            throw e;
        }
    }

    private ColumnFamilyHandle handle(int family) {
        return handles.get(family + 1);
    }
}
