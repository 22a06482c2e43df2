package io.perdure.server.transport;

/**
 * How many bytes the sockets of one event loop hold together: output that peers don't take, and parts of packets. Without it,
 * many clients that never read, or that never finish a packet, take the memory of all.
 *
 * <p>Owner: the event loop; lives as long as the broker.
 */
final class LoopMemory {

    private final long unsentLimitBytes;
    private final long heldLimitBytes;
    private long unsentBytes;
    private long heldBytes;

    /**
     * @param unsentLimitBytes past it, only sockets whose peers have taken all that was sent get more
     * @param heldLimitBytes past it, connections in the middle of a large packet are ended
     */
    LoopMemory(long unsentLimitBytes, long heldLimitBytes) {
        this.unsentLimitBytes = unsentLimitBytes;
        this.heldLimitBytes = heldLimitBytes;
    }

    void addUnsent(long bytes) {
        unsentBytes += bytes;
    }

    boolean hasUnsentRoom() {
        return unsentBytes < unsentLimitBytes;
    }

    void addHeld(long bytes) {
        heldBytes += bytes;
    }

    boolean hasHeldRoom() {
        return heldBytes <= heldLimitBytes;
    }
}
