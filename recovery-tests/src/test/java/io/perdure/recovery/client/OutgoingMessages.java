package io.perdure.recovery.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a client's session state: what was published and is not acknowledged to its end. Not thread-safe;
 * bounded by its caller's window.
 */
final class OutgoingMessages {

    /** Without PUBACK or PUBREC, in the order of publication. */
    private final Map<Integer, Packet.Publish> unacknowledged = new LinkedHashMap<>();

    /** With PUBREC and without PUBCOMP, in the order of the PUBRECs. */
    private final Set<Integer> received = new LinkedHashSet<>();

    private final int packetIds;
    private int lastId;

    /** @param packetIds how many identifiers are used */
    OutgoingMessages(int packetIds) {
        this.packetIds = packetIds;
    }

    int inFlight() {
        return unacknowledged.size() + received.size();
    }

    /** An identifier that is not in use. */
    int nextId(Set<Integer> alsoInUse) {
        do {
            lastId = lastId % packetIds + 1;
        } while (unacknowledged.containsKey(lastId) || received.contains(lastId) || alsoInUse.contains(lastId));
        return lastId;
    }

    void published(Packet.Publish publish) {
        unacknowledged.put(publish.packetId(), publish);
    }

    /** PUBACK, or PUBREC with an error: it is over; null if the identifier is not in use at this step. */
    Packet.@Nullable Publish finished(int id) {
        return unacknowledged.remove(id);
    }

    /** PUBREC: the broker has it. */
    void received(int id) {
        if (unacknowledged.remove(id) != null) {
            received.add(id);
        }
    }

    /** PUBCOMP. */
    void completed(int id) {
        received.remove(id);
    }

    /** What is to be sent again on a new connection to the same session, in the original order [MQTT-4.4.0-1]. */
    List<Packet> resend() {
        List<Packet> packets = new ArrayList<>();
        received.forEach(id -> packets.add(new Packet.Ack(Packet.Step.PUBREL, id, 0, true)));
        unacknowledged.values().forEach(publish -> packets.add(publish.asDuplicate()));
        return packets;
    }

    /** There is no session any more: forgets everything and returns the messages that had no acknowledgement. */
    List<Packet.Publish> discard() {
        List<Packet.Publish> dropped = List.copyOf(unacknowledged.values());
        unacknowledged.clear();
        received.clear();
        return dropped;
    }
}
