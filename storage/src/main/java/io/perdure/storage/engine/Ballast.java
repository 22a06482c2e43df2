package io.perdure.storage.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that only takes up space, in the directory of a store: removed when no other is left, so that what frees space can
 * be written. Its contents are noise, since some file systems would store zeros in no space.
 *
 * <p>Any thread; released only when it is there, so not while it is being written. A file that a crash left too short is
 * not there, and is written again.
 */
public final class Ballast {

    private static final Logger LOG = LoggerFactory.getLogger(Ballast.class);

    static final String FILE = "BALLAST";

    private static final int CHUNK_BYTES = 1 << 20;

    private final Path file;
    private final long sizeBytes;
    private volatile long presentBytes;
    private volatile boolean building;
    private volatile boolean failed;

    /**
     * The ballast of a store that is open; nothing is written yet.
     *
     * @param sizeBytes 0: none, and one that is there is removed
     */
    public Ballast(Path directory, long sizeBytes) {
        this.file = directory.resolve(FILE);
        this.sizeBytes = sizeBytes;
        if (sizeOf(file) == sizeBytes) {
            presentBytes = sizeBytes;
        } else {
            release();
        }
    }

    /** Removes the ballast of a store that is about to be opened. Returns whether there was one. */
    static boolean remove(Path directory) {
        try {
            return Files.deleteIfExists(directory.resolve(FILE));
        } catch (IOException e) {
            LOG.warn("the ballast file in {} can't be removed: {}", directory, Failures.oneLine(e));
            return false;
        }
    }

    public long sizeBytes() {
        return sizeBytes;
    }

    /** What it lacks of its size. */
    public long missingBytes() {
        return sizeBytes - presentBytes;
    }

    /** Whether it has its size and may be released. */
    public boolean isThere() {
        return sizeBytes > 0 && presentBytes == sizeBytes;
    }

    /** Gives its space back. */
    public void release() {
        presentBytes = 0;
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} can't be removed: {}", file, Failures.oneLine(e));
        }
    }

    /** Writes it, on another thread; does nothing if that is under way, or it is there, or it could not be written. */
    public void buildOn(Executor background) {
        if (building || failed || missingBytes() == 0) {
            return;
        }
        building = true;
        try {
            background.execute(this::build);
        } catch (RejectedExecutionException e) {
            building = false; // the store is being closed
        }
    }

    private void build() {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
        SplittableRandom noise = new SplittableRandom();
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            long written = 0;
            while (written < sizeBytes) {
                noise.nextBytes(chunk.array());
                chunk.clear().limit((int) Math.min(CHUNK_BYTES, sizeBytes - written));
                while (chunk.hasRemaining()) {
                    written += out.write(chunk);
                }
                presentBytes = written;
            }
        } catch (IOException e) {
            LOG.warn("{} can't be written: {}", file, Failures.oneLine(e));
            failed = true;
            release();
        }
        building = false;
    }

    private static long sizeOf(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}
