package io.perdure.server.connection;

/**
 * How much of all sessions' queues the connections of one event loop hold in memory together.
 *
 * <p>Owner: the event loop; lives as long as the broker. A connection may hold {@link #MINIMUM_BYTES} at any time, and more
 * while there is some left of {@code totalBytes}; what it can't take it reads from the store later.
 */
final class DeliveryMemory {

    static final int MINIMUM_BYTES = 16 * 1024;

    private final long totalBytes;
    private final long perConnectionBytes;
    private long usedBytes;

    /** @param perConnectionBytes what one connection may hold at most, if there is enough */
    DeliveryMemory(long totalBytes, long perConnectionBytes) {
        this.totalBytes = totalBytes;
        this.perConnectionBytes = perConnectionBytes;
    }

    /** Up to where a connection that holds so much may fill up. A few can't take all that is left. */
    long limitBytes(long heldBytes) {
        long share = heldBytes + Math.max(0, totalBytes - usedBytes) / 8;
        return Math.max(MINIMUM_BYTES, Math.min(perConnectionBytes, share));
    }

    void take(long bytes) {
        usedBytes += bytes;
    }

    void giveBack(long bytes) {
        usedBytes -= bytes;
    }

    long usedBytes() {
        return usedBytes;
    }
}
