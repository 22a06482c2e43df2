package io.perdure.storage.engine;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sorted families of rows, changed by atomic batches. Keys compare as unsigned bytes.
 *
 * <p>One thread writes; any thread reads, and sees whole batches only. What is visible has been synced, if the write
 * asked for it. Errors are {@link io.perdure.storage.StoreException}s that name the directory; arguments that make no
 * sense are {@link IllegalArgumentException}s or {@link IndexOutOfBoundsException}s and change nothing.
 *
 * <p>An engine lives until {@link #close}, which waits for calls and scans under way; these end at their next step. After
 * it every call is refused with a StoreException.
 */
public interface Engine extends AutoCloseable {

    /** How a family is used, which decides how much memory it gets. */
    enum Use {
        /** Small, rarely changed. */
        QUIET,
        /** Many short-lived rows. */
        BUSY
    }

    /**
     * One family; its index in the list given at open is how it is named afterwards.
     *
     * @param name stored; never changed
     * @param appendPrefixBytes a hint: keys that share their first so many bytes are mostly written in ascending order,
     *     which makes putting them much cheaper; 0 if they are not
     */
    record Family(String name, Use use, int appendPrefixBytes) {

        public Family(String name, Use use) {
            this(name, use, 0);
        }
    }

    /** The families, as given at open. */
    List<Family> families();

    /** The value of a key, or null. The array is the caller's. */
    byte @Nullable [] get(int family, byte[] key);

    /**
     * Rows of {@code [lower, upper)} in order, as of now; positioned before the first. To be closed soon: it holds on to
     * what was there when it was opened. The bounds are copied.
     *
     * @param upper null for no bound: then it is read far ahead, as suits a scan of the whole family
     */
    Rows scan(int family, byte[] lower, byte @Nullable [] upper);

    /** The greatest key of {@code [lower, upper)}, or null. */
    byte @Nullable [] lastKey(int family, byte[] lower, byte[] upper);

    /** The number of rows, estimated: rows overwritten or deleted may count until they are compacted away. */
    long estimateRows(int family);

    /** A new, empty batch; for this engine; reusable after {@link Batch#clear}. */
    Batch newBatch();

    /**
     * Applies a batch atomically. The batch stays as it is and may be cleared and filled again. After a failure the
     * outcome is unknown until the store is opened again.
     *
     * @param sync whether to return only after this batch and all before it are on the device; if not, they are with
     *     the operating system, and survive the death of the process only
     */
    void write(Batch batch, boolean sync);

    /**
     * Writes what is in memory to tables, so that the log of a quiet family or of trimmed rows is not kept. Returns when
     * they are written; may be called from any thread.
     */
    void flush(int family);

    /**
     * Gives the space of rows of {@code [lower, upper)} that were deleted back to the file system, as far as it is worth
     * it. Takes long; for threads that may wait. Ends early when the engine is closed.
     */
    void reclaim(int family, byte[] lower, byte[] upper);

    /** Ends {@link #reclaim} where it runs, and makes it do nothing from then on. */
    void stopReclaiming();

    /**
     * A consistent copy of the store, by links where the file system has them; may be called from any thread.
     *
     * @param directory must not exist, its parent must
     */
    void checkpoint(Path directory);

    /** Closes the store. Does nothing the second time. */
    @Override
    void close();

    /** A scan; for one thread. May be closed at any point, and more than once. */
    interface Rows extends AutoCloseable {

        /** Goes to the next row; false at the end. */
        boolean next();

        /** Goes to the first row at or after {@code key}, within the bounds; false if there is none. */
        boolean seek(byte[] key);

        /** The key of the row that the scan is at; the same array until it moves, the caller's afterwards. */
        byte[] key();

        /** The value of the row that the scan is at; the same array until it moves, the caller's afterwards. */
        byte[] value();

        @Override
        void close();
    }

    /** Changes that take effect together, in their order. For one thread. Arrays may be reused after each call. */
    interface Batch extends AutoCloseable {

        void put(int family, byte[] key, int keyLength, byte[] value, int valueLength);

        void delete(int family, byte[] key, int keyLength);

        /** Deletes {@code [lower, upper)}; nothing happens if that is empty. Not to be used for single rows. */
        void deleteRange(int family, byte[] lower, byte[] upper);

        /** A note that goes to the log with the batch and to no family. */
        void note(byte[] bytes);

        /** Number of changes; notes don't count. */
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
