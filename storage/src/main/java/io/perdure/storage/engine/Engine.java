package io.perdure.storage.engine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Sorted families of rows, changed by atomic batches. Keys compare as unsigned bytes.
 *
 * <p>One thread writes; any thread reads, and sees whole batches only. What is visible has been synced, if the write
 * asked for it. Errors are {@link io.perdure.storage.StoreException}s that name the directory.
 */
public interface Engine extends AutoCloseable {

    /** How a family is used, which decides how much memory it gets. */
    enum Use {
        /** Small, rarely changed. */
        QUIET,
        /** Many short-lived rows. */
        BUSY
    }

    /** One family; its index in the list given at open is how it is named afterwards. */
    record Family(String name, Use use) {}

    /** The value of a key, or null. */
    byte @Nullable [] get(int family, byte[] key);

    /**
     * Rows of {@code [lower, upper)} in order, as of now; positioned before the first.
     *
     * @param upper null for no bound
     */
    Rows scan(int family, byte[] lower, byte @Nullable [] upper);

    /** The greatest key of {@code [lower, upper)}, or null. */
    byte @Nullable [] lastKey(int family, byte[] lower, byte[] upper);

    /** The number of rows, estimated. */
    long estimateRows(int family);

    /** A new, empty batch; reusable after {@link Batch#clear}. */
    Batch newBatch();

    /**
     * Applies a batch atomically.
     *
     * @param sync whether to return only after the log is on the device
     */
    void write(Batch batch, boolean sync);

    /** Writes what is in memory to tables, so that the log of a quiet family or of trimmed rows is not kept. */
    void flush(int family);

    /** A consistent copy of the store in a new directory, by links where the file system has them. */
    void checkpoint(Path directory);

    @Override
    void close();

    /** A scan; for one thread. */
    interface Rows extends AutoCloseable {

        /** Goes to the next row; false at the end. */
        boolean next();

        /** Goes to the first row at or after {@code key}, within the bounds; false if there is none. */
        boolean seek(byte[] key);

        byte[] key();

        byte[] value();

        @Override
        void close();
    }

    /** Changes that take effect together. Arrays may be reused after each call. */
    interface Batch extends AutoCloseable {

        void put(int family, byte[] key, int keyLength, byte[] value, int valueLength);

        void delete(int family, byte[] key, int keyLength);

        /** Deletes {@code [lower, upper)}. */
        void deleteRange(int family, byte[] lower, byte[] upper);

        /** A note that goes to the log with the batch and to no family. */
        void note(byte[] bytes);

        /** Number of changes. */
        int count();

        /** Size, about. */
        long sizeBytes();

        void clear();

        @Override
        void close();

        default void put(int family, byte[] key, byte[] value) {
            put(family, key, key.length, value, value.length);
        }

        default void delete(int family, byte[] key) {
            delete(family, key, key.length);
        }
    }
}
