package io.perdure.storage.inspect;

import java.nio.file.Path;

/**
 * What is being read, and as of when.
 *
 * @param directory the store
 * @param mode how it was opened
 * @param asOfMs the wall clock when it was opened: all views show the store as it was then
 * @param storeId chosen when the store was made, hexadecimal
 * @param formatVersion of its rows
 * @param createdMs when the store was made, wall clock
 * @param cleanStop whether the broker closed it; false while one runs
 * @param lastAliveMs the last time at which the broker is known to have run, wall clock; 0 if it never noted one
 */
public record StoreInfo(
        Path directory,
        Mode mode,
        long asOfMs,
        String storeId,
        int formatVersion,
        long createdMs,
        boolean cleanStop,
        long lastAliveMs) {

    /** How a store is read. */
    public enum Mode {
        /** No broker has it open. */
        STOPPED,
        /** A broker is running on it: this is its state at the moment of opening, with what is not synced yet. */
        LIVE
    }
}
