package io.perdure.tools;

import java.util.List;
import java.util.Locale;

/**
 * What became of a replay.
 *
 * @param published how many messages were handed to the connection
 * @param acknowledged how many of them the target took over; at QoS 0, were written
 * @param expired how many were left out because they had expired
 * @param failed how many were refused or lost
 * @param unacknowledged how many had no answer when it ended
 * @param complete whether all that there was has been published or left out
 * @param reasons of the first failures, a line each
 */
record ReplaySummary(
        long published,
        long acknowledged,
        long expired,
        long failed,
        long unacknowledged,
        boolean complete,
        long durationMs,
        List<String> reasons) {

    /** For the user. */
    String line() {
        StringBuilder line = new StringBuilder();
        line.append(String.format(
                Locale.ROOT,
                "%,d published, %,d acknowledged, %,d skipped as expired, %,d failed",
                published,
                acknowledged,
                expired,
                failed));
        if (unacknowledged > 0) {
            line.append(String.format(Locale.ROOT, ", %,d not acknowledged", unacknowledged));
        }
        line.append(String.format(Locale.ROOT, " in %.1f s", durationMs / 1000.0));
        if (durationMs > 0) {
            line.append(String.format(Locale.ROOT, " (%,d/s)", acknowledged * 1000 / durationMs));
        }
        return line.append(complete ? "" : "; stopped before the end").toString();
    }

    boolean successful() {
        return failed == 0 && unacknowledged == 0 && complete;
    }
}
