package io.perdure.tools.torture;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run has found.
 *
 * @param subject what was tortured
 * @param deaths how often it died
 * @param acknowledged messages
 * @param deliveries without what was sent again
 * @param refusals how many messages were refused, and why; empty if none
 * @param restartsMs how long it took each time until it accepted connections again
 * @param drained whether there was time for all that was owed to come
 * @param disk where the store lies; null if it is not on this machine
 * @param kept where the store was left; null if it was not
 */
public record TortureReport(
        String subject,
        int deaths,
        long acknowledged,
        long deliveries,
        String refusals,
        List<Long> restartsMs,
        boolean drained,
        long elapsedMs,
        @Nullable Disk disk,
        @Nullable Path kept,
        List<Row> rows,
        List<Evidence> evidence) {

    /** One check. */
    public record Row(String id, String label, long broken, long checked, String unit) {}

    /**
     * Something that is broken.
     *
     * @param check the check's id
     * @param trace what the client saw last, one line each
     */
    public record Evidence(String check, String what, List<String> trace) {}

    /**
     * A file system.
     *
     * @param name its device or source
     * @param type such as ext4
     * @param syncP50Us the median time that a write of 4 KiB and fdatasync take, microseconds
     * @param syncP99Us the 99th percentile of the same
     */
    public record Disk(String name, String type, long syncP50Us, long syncP99Us) {

        private static final long IMPLAUSIBLE_US = 20;

        /** Whether it answers faster than a device can. */
        public boolean implausible() {
            return syncP50Us < IMPLAUSIBLE_US;
        }
    }

    /** Whether nothing is broken. */
    public boolean held() {
        return rows.stream().allMatch(row -> row.broken() == 0);
    }

    /** Whether it says something at all. */
    public boolean conclusive() {
        return !held() || (deaths > 0 && acknowledged > 0);
    }
}
