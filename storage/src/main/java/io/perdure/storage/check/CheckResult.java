package io.perdure.storage.check;

import io.perdure.storage.format.Family;
import java.util.List;

/**
 * What a check has seen.
 *
 * @param families in their order
 * @param sessions that are there and readable
 * @param subscriptions of these
 * @param queued messages in their queues that are not finished
 * @param waiting messages that wait for a member of a Shared Subscription
 * @param retained messages
 * @param findings how many things are wrong
 */
public record CheckResult(
        List<OfFamily> families,
        long sessions,
        long subscriptions,
        long queued,
        long waiting,
        long retained,
        long findings) {

    /**
     * The rows of a family.
     *
     * @param rows that could be read
     * @param bytes of their keys and values
     * @param garbageRows those among them that nothing needs any more, and that the broker removes by itself
     * @param garbageBytes of their keys and values
     */
    public record OfFamily(Family family, long rows, long bytes, long garbageRows, long garbageBytes) {}

    /** All rows that were read. */
    public long rows() {
        return families.stream().mapToLong(OfFamily::rows).sum();
    }

    /** The bytes of their keys and values. */
    public long bytes() {
        return families.stream().mapToLong(OfFamily::bytes).sum();
    }

    /** The same with another number of findings. */
    public CheckResult withFindings(long number) {
        return new CheckResult(families, sessions, subscriptions, queued, waiting, retained, number);
    }
}
