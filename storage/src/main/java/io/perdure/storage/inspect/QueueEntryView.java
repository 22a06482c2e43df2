package io.perdure.storage.inspect;

import io.perdure.storage.Entry;

/**
 * One message in the queue of a session that is not finished.
 *
 * @param clientId whose queue
 * @param entry the message and how it is delivered
 * @param step how far its delivery is
 */
public record QueueEntryView(String clientId, Entry entry, Step step) {

    /** How far a delivery is. */
    public enum Step {
        /** Not sent yet. */
        WAITING,
        /** It may have been sent; no acknowledgement is known. */
        SENT,
        /** QoS 2: the client has it (PUBREC); PUBREL is owed or sent, PUBCOMP is not known. */
        RELEASED
    }

    /** The Packet Identifier that the delivery has or will have; 0 at QoS 0. */
    public int packetId() {
        return entry.qos() == 0 ? 0 : Entry.packetId(entry.sequence());
    }
}
