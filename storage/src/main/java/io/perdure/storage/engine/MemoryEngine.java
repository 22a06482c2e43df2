package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An engine without a disk, for tests and simulation. It knows which batches were synced, and can show what would be
 * found after a crash: all up to the last sync, and of the later ones a prefix.
 *
 * <p>Any thread; one writes. Memory: all rows, twice, and every batch since the last sync.
 */
public final class MemoryEngine implements Engine {

    private static final String CHECKPOINT_FILE = "rows";
    private static final int END_OF_FAMILY = -1;

    private enum Failure {
        NONE,
        REFUSE_NEXT,
        LOSE_NEXT,
        BROKEN
    }

    /** One batch, as it was when it was written. */
    private record Written(MemoryBatch.Change[] changes) {}

    /** The rows of a family, and how many scans read them as they are. */
    private static final class Table {
        private final NavigableMap<byte[], byte[]> rows;
        private int scans;

        Table(NavigableMap<byte[], byte[]> rows) {
            this.rows = rows;
        }
    }

    private final List<Family> families;
    private final Table[] tables;
    private final List<NavigableMap<byte[], byte[]>> durable;
    private final List<Written> unsynced = new ArrayList<>();
    private Failure failure = Failure.NONE;
    private boolean closed;

    /** An empty one. */
    public MemoryEngine(List<Family> families) {
        this(families, emptyTables(families.size()));
    }

    private MemoryEngine(List<Family> families, List<NavigableMap<byte[], byte[]>> rows) {
        this.families = List.copyOf(families);
        durable = rows;
        tables = rows.stream().map(t -> new Table(new TreeMap<>(t))).toArray(Table[]::new);
    }

    /** What a {@link #checkpoint} of an engine of this class has written. */
    public static MemoryEngine openCheckpoint(Path directory, List<Family> families) {
        List<NavigableMap<byte[], byte[]>> rows = emptyTables(families.size());
        try (DataInputStream in = new DataInputStream(
                new BufferedInputStream(Files.newInputStream(directory.resolve(CHECKPOINT_FILE))))) {
            for (NavigableMap<byte[], byte[]> table : rows) {
                for (int length = in.readInt(); length != END_OF_FAMILY; length = in.readInt()) {
                    byte[] key = in.readNBytes(length);
                    table.put(key, in.readNBytes(in.readInt()));
                }
            }
        } catch (IOException e) {
            throw new StoreException("the checkpoint in " + directory + " can't be read: " + Failures.oneLine(e), e);
        }
        return new MemoryEngine(families, rows);
    }

    /** How many batches were written after the last sync. */
    public synchronized int unsyncedBatches() {
        return unsynced.size();
    }

    /**
     * Ends this engine as a crash would; it can't be used any more.
     *
     * @param kept how many of the {@link #unsyncedBatches}, from the oldest on, had reached the device by chance; all of
     *     them if only the process died
     * @return the engine that is found afterwards
     */
    public synchronized MemoryEngine crash(int kept) {
        List<Written> survivors = unsynced.subList(0, kept);
        closed = true;
        survivors.forEach(w -> apply(w, durable));
        return new MemoryEngine(families, durable);
    }

    /** {@link #crash(int)} with a number that {@code random} chooses. */
    public synchronized MemoryEngine crash(RandomGenerator random) {
        return crash(random.nextInt(unsynced.size() + 1));
    }

    /** The next write fails, as on a full disk: nothing of it is kept, and later ones work. */
    public synchronized void refuseNextWrite() {
        failure = Failure.REFUSE_NEXT;
    }

    /**
     * The next write fails, as when the device fails: a crash may find it or not, and until then all later writes fail
     * too.
     */
    public synchronized void breakAtNextWrite() {
        failure = Failure.LOSE_NEXT;
    }

    @Override
    public List<Family> families() {
        return families;
    }

    @Override
    public synchronized byte @Nullable [] get(int family, byte[] key) {
        checkOpen();
        byte[] value = tables[family].rows.get(key);
        return value == null ? null : value.clone();
    }

    @Override
    public synchronized Rows scan(int family, byte[] lower, byte @Nullable [] upper) {
        checkOpen();
        Table table = tables[family];
        table.scans++;
        return new MemoryRows(this, table.rows, lower.clone(), upper == null ? null : upper.clone(), () -> end(table));
    }

    private synchronized void end(Table table) {
        table.scans--;
    }

    @Override
    public synchronized byte @Nullable [] lastKey(int family, byte[] lower, byte[] upper) {
        checkOpen();
        byte[] key = tables[family].rows.lowerKey(upper);
        return key == null || Arrays.compareUnsigned(key, lower) < 0 ? null : key.clone();
    }

    @Override
    public synchronized long estimateRows(int family) {
        checkOpen();
        return tables[family].rows.size();
    }

    @Override
    public Batch newBatch() {
        return new MemoryBatch(families.size());
    }

    @Override
    public synchronized void write(Batch batch, boolean sync) {
        checkOpen();
        Written written = new Written(((MemoryBatch) batch).changes());
        switch (failure) {
            case NONE -> {}
            case REFUSE_NEXT -> {
                failure = Failure.NONE;
                throw new StoreException(
                        StoreException.Kind.NO_SPACE,
                        "the store in memory can't be written: no space is left (as asked for)");
            }
            case LOSE_NEXT -> {
                failure = Failure.BROKEN;
                unsynced.add(written);
                throw new StoreException("the store in memory can't be written: the device failed (as asked for)");
            }
            case BROKEN -> throw new StoreException("the store in memory can't be written since an earlier failure");
        }
        for (MemoryBatch.Change change : written.changes) {
            Table table = tables[change.family()];
            if (table.scans > 0) {
                tables[change.family()] = new Table(new TreeMap<>(table.rows));
            }
            change.apply(tables[change.family()].rows);
        }
        unsynced.add(written);
        if (sync) {
            unsynced.forEach(w -> apply(w, durable));
            unsynced.clear();
        }
    }

    @Override
    public synchronized void flush(int family) {
        checkOpen();
    }

    @Override
    public synchronized void reclaim(int family, byte[] lower, byte[] upper) {
        checkOpen();
    }

    @Override
    public void stopReclaiming() {}

    @Override
    public synchronized void checkpoint(Path directory) {
        checkOpen();
        try {
            Files.createDirectory(directory);
            OutputStream file =
                    Files.newOutputStream(directory.resolve(CHECKPOINT_FILE), StandardOpenOption.CREATE_NEW);
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(file))) {
                for (Table table : tables) {
                    for (Map.Entry<byte[], byte[]> row : table.rows.entrySet()) {
                        out.writeInt(row.getKey().length);
                        out.write(row.getKey());
                        out.writeInt(row.getValue().length);
                        out.write(row.getValue());
                    }
                    out.writeInt(END_OF_FAMILY);
                }
            }
        } catch (IOException e) {
            throw new StoreException(
                    "the store in memory can't be copied to " + directory + ": " + Failures.oneLine(e), e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    synchronized void checkOpen() {
        if (closed) {
            throw new StoreException("the store in memory has been closed");
        }
    }

    private static void apply(Written written, List<NavigableMap<byte[], byte[]>> rows) {
        for (MemoryBatch.Change change : written.changes) {
            change.apply(rows.get(change.family()));
        }
    }

    private static List<NavigableMap<byte[], byte[]>> emptyTables(int count) {
        List<NavigableMap<byte[], byte[]>> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tables.add(new TreeMap<>(Arrays::compareUnsigned));
        }
        return tables;
    }
}
