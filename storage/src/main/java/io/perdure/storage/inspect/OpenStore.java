package io.perdure.storage.inspect;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A store that is open for reading, with its rows as they are at the moment of opening; {@link StoreReader} shows what they
 * mean. For one thread, until it is closed.
 */
public final class OpenStore implements AutoCloseable {

    private final Engine engine;
    private final Path directory;
    private final StoreInfo.Mode mode;
    private final long asOfMs;
    private final Runnable afterClose;
    private final List<String> lostFiles;
    private String tornTail = "";

    OpenStore(Engine engine, Path directory, StoreInfo.Mode mode, long asOfMs, Runnable afterClose) {
        this(engine, directory, mode, asOfMs, afterClose, List.of());
    }

    OpenStore(
            Engine engine,
            Path directory,
            StoreInfo.Mode mode,
            long asOfMs,
            Runnable afterClose,
            List<String> lostFiles) {
        this.lostFiles = new ArrayList<>(lostFiles);
        this.engine = engine;
        this.directory = directory;
        this.mode = mode;
        this.asOfMs = asOfMs;
        this.afterClose = afterClose;
    }

    /**
     * Opens a store as {@link StoreReader#open} does, whatever its rows are.
     *
     * @throws StoreException if there is no store, if its files are damaged so that nothing can be read, or if it does not
     *     open in time
     */
    public static OpenStore open(Path directory) {
        return StoreOpening.openRows(directory, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /**
     * Opens a store that nobody has open in any way that is left: as it is; or with tables that are missing; or without its
     * MANIFEST, with all tables and logs that are there.
     *
     * @throws StoreException if there is no store, if a broker has it open, or if none of these ways is left
     */
    public static OpenStore openDamaged(Path directory) {
        return StoreOpening.openDamaged(directory, Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** What was wrong with its files when it was opened, a line for each. */
    public List<String> lostFiles() {
        return List.copyOf(lostFiles);
    }

    /**
     * What the last crash left of the end of the log that nobody was told of, in words; empty if nothing, or if a broker has
     * the store open.
     */
    public String tornTail() {
        return tornTail;
    }

    /** Looks for damage in the log of a store that is stopped, which RocksDB takes for its end. */
    OpenStore withLogScanned() {
        if (mode == StoreInfo.Mode.STOPPED) {
            try {
                LogState state = LogScan.scan(directory);
                tell(state == null ? null : state.tear());
            } catch (IOException e) {
                lostFiles.add("the log can't be read: " + e.getMessage());
            }
        }
        return this;
    }

    private void tell(LogState.@Nullable Tear tear) {
        if (tear == null) {
            return;
        }
        String where = tear.file().getFileName() + " from byte " + tear.offset() + " on (" + tear.reason() + ")";
        if (tear.damage()) {
            lostFiles.add("the log is damaged in the middle, " + where + ": " + tear.droppedBytes()
                    + " bytes can't be used, and some of what they say was acknowledged");
        } else {
            tornTail = "the log ended in the middle of writing, " + where + ": " + tear.droppedBytes()
                    + " bytes are not used, none of them known to be on the device";
        }
    }

    /** Its rows, in the families of this version; to be read only. */
    public Engine engine() {
        return engine;
    }

    /** Whether a broker has it open. */
    public StoreInfo.Mode mode() {
        return mode;
    }

    /** The wall clock when it was opened. */
    public long asOfMs() {
        return asOfMs;
    }

    /** Where it is. */
    public Path directory() {
        return directory;
    }

    /**
     * What is being read.
     *
     * @throws StoreException if the rows that say so are missing, damaged or of a newer format
     */
    public StoreInfo info() {
        return StoreReader.info(engine, directory, mode, asOfMs);
    }

    /** Reads every block of its tables; the reason why one can't be read, or nothing if all can. */
    public Optional<String> damagedBlock() {
        return engine instanceof RocksEngine rocks ? rocks.damagedBlock() : Optional.empty();
    }

    @Override
    public void close() {
        try {
            engine.close();
        } finally {
            afterClose.run();
        }
    }
}
