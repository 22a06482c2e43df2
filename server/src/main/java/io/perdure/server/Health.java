package io.perdure.server;

import io.perdure.storage.SpaceReport;
import java.util.Locale;

/**
 * How a broker is.
 *
 * @param reason what is the matter, one line; empty if nothing is
 * @param sinceMs when the reason began, milliseconds since 1970
 */
public record Health(Status status, String reason, long sinceMs) {

    /** How much of it works. */
    public enum Status {
        /** All is well. */
        GREEN,
        /** All works, but somebody should see to the reason soon. */
        YELLOW,
        /** Something is refused. */
        RED
    }

    static Health of(SpaceReport space) {
        String free = String.format(
                Locale.ROOT,
                "%,d MiB of %,d MiB disk space are free",
                space.freeBytes() >> 20,
                space.totalBytes() >> 20);
        return switch (space.stage()) {
            case OK -> new Health(Status.GREEN, "", space.sinceMs());
            case WARN -> new Health(Status.YELLOW, free, space.sinceMs());
            case REFUSE_NEW ->
                new Health(Status.RED, "new sessions and retained messages are refused: " + free, space.sinceMs());
            case REFUSE_PUBLISH -> new Health(Status.RED, "QoS 1 and 2 messages are refused: " + free, space.sinceMs());
            case DRAIN_ONLY -> new Health(Status.RED, "only what is stored is delivered: " + free, space.sinceMs());
        };
    }
}
