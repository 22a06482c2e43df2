package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room the file system of a store has, by which the engine is set up when it is opened.
 *
 * @param totalBytes the size of the file system; 0: unknown
 * @param missingBytes what is missing for writing what is only in the log to tables, as an open does it; 0 if nothing
 */
record Room(long totalBytes, long missingBytes) {

    private static final Logger LOG = LoggerFactory.getLogger(Room.class);

    /** The most that the log takes; see {@link #maxLogBytes}. */
    static final long MOST_LOG_BYTES = 256L << 20;

    private static final long LEAST_LOG_BYTES = 4L << 20;

    /**
     * The part of the file system that the log may take. A flush of all that is in it, and the compaction that follows, take
     * some three times as much for a while: the stages of the disk leave that.
     */
    private static final long LOG_PART = 64;

    /** For what an open writes besides: lists of files, options, a new log. */
    private static final long OPENING_BYTES = 8L << 20;

    /** As much as anybody may want. */
    static final Room PLENTY = new Room(0, 0);

    /** What there is for the store in a directory, if need be by giving up its ballast. */
    static Room in(Path directory) {
        long totalBytes = directory.toFile().getTotalSpace();
        if (totalBytes <= 0) {
            return PLENTY;
        }
        long neededBytes = logBytes(directory) + OPENING_BYTES;
        long missingBytes = neededBytes - directory.toFile().getUsableSpace();
        if (missingBytes > 0 && Ballast.remove(directory)) {
            LOG.warn("next to no disk space is left: the ballast file in {} was removed", directory);
            missingBytes = neededBytes - directory.toFile().getUsableSpace();
        }
        return new Room(totalBytes, Math.max(0, missingBytes));
    }

    /** How much of the store may be in its log only. */
    long maxLogBytes() {
        return totalBytes == 0
                ? MOST_LOG_BYTES
                : Math.max(LEAST_LOG_BYTES, Math.min(MOST_LOG_BYTES, totalBytes / LOG_PART));
    }

    /** Whether what an open finds in the log has to stay there. */
    boolean isTight() {
        return missingBytes > 0;
    }

    private static long logBytes(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().endsWith(".log"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new StoreException(
                    "the data directory " + directory + " can't be read (" + Failures.oneLine(e) + ")", e);
        }
    }
}
