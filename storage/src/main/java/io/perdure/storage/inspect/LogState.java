package io.perdure.storage.inspect;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the live log of a store looks like.
 *
 * @param files the log files that the store needs, in order
 * @param bytes read of them
 * @param groups groups that are whole, from the beginning on
 * @param tear where the log can't be read on; null if it is whole to its end
 */
public record LogState(
        List<Path> files, long bytes, long groups, @Nullable Tear tear) {

    public LogState {
        files = List.copyOf(files);
    }

    /**
     * The first place where the log can't be read on.
     *
     * @param file the log file
     * @param offset where in it the last whole record ends: all before it is good
     * @param reason what is wrong, in a few words
     * @param damage whether something is lost that was known to be on the device: a later group says so. If not, it is a
     *     torn tail: what a crash leaves when it comes in the middle of writing
     * @param lastGroup the number of the last group before it; 0 if there is none
     * @param durableGroup the greatest group that a later one knew to be on the device; 0 if there is none
     * @param droppedBytes of the log from there on
     * @param droppedRows changes of rows from there on, as far as whole records after it show; 0 if there are none
     * @param laterGroups whole groups after it
     * @param laterFiles log files after it
     */
    public record Tear(
            Path file,
            long offset,
            String reason,
            boolean damage,
            long lastGroup,
            long durableGroup,
            long droppedBytes,
            long droppedRows,
            long laterGroups,
            List<Path> laterFiles) {

        public Tear {
            laterFiles = List.copyOf(laterFiles);
        }

        /** Whether RocksDB may read on after it, past what is missing. */
        public boolean isFollowed() {
            return laterGroups > 0 || !laterFiles.isEmpty();
        }
    }
}
