package io.perdure.storage.check;

import io.perdure.storage.format.Family;

/** What a {@link StoreCheck} tells while it runs; on its thread. */
public interface CheckSink {

    /** Something is wrong. */
    void found(Finding finding);

    /**
     * A row of the sound store that can be made of this one: rows as they are, rows put right, and new ones. In the order of
     * the keys within what belongs to a session, and of families otherwise; the index of deadlines comes piecemeal.
     */
    default void keep(Family family, byte[] key, byte[] value) {}

    /**
     * Rows have been read, of a family or of several.
     *
     * @param total of this check
     * @return false to stop: then the check ends with a {@link java.util.concurrent.CancellationException}
     */
    default boolean progress(long total) {
        return true;
    }
}
