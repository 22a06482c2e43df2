package io.perdure.tools.torture;

import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.topic.TopicName;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a session: what was published and is not acknowledged to its end. Not thread-safe; bounded by its
 * caller's window.
 */
final class Outgoing {

    /** A PUBLISH under way. */
    record InFlight(TopicName topic, int qos, boolean retain, Message message, byte[] payload) {

        Publish publish(int packetId, boolean dup) {
            return new Publish(dup, qos, retain, topic, packetId, -1, 0, Publish.NO_IDS, Publish.NO_BYTES, payload);
        }
    }

    private static final int PACKET_IDS = 65_535;

    /** Without PUBACK or PUBREC, in the order of publication. */
    private final Map<Integer, InFlight> unacknowledged = new LinkedHashMap<>();

    /** With PUBREC and without PUBCOMP, in the order of the PUBRECs. */
    private final Set<Integer> received = new LinkedHashSet<>();

    private int lastId;

    int size() {
        return unacknowledged.size() + received.size();
    }

    /** An identifier that is not in use. */
    int nextId() {
        do {
            lastId = lastId % PACKET_IDS + 1;
        } while (unacknowledged.containsKey(lastId) || received.contains(lastId));
        return lastId;
    }

    void published(int packetId, InFlight publish) {
        unacknowledged.put(packetId, publish);
    }

    /** PUBACK, or PUBREC with an error: it is over; null if the identifier is not in use at this step. */
    @Nullable
    InFlight finished(int packetId) {
        return unacknowledged.remove(packetId);
    }

    /** PUBREC: the broker has it; null if the identifier is not in use at this step. */
    @Nullable
    InFlight received(int packetId) {
        InFlight publish = unacknowledged.remove(packetId);
        if (publish != null) {
            received.add(packetId);
        }
        return publish;
    }

    /** PUBCOMP; false if the identifier is not in use at this step. */
    boolean completed(int packetId) {
        return received.remove(packetId);
    }

    /** The session is gone: the broker knows of no PUBREC any more. */
    void forgetReceived() {
        received.clear();
    }

    /** What has its PUBREC, in order. */
    List<Integer> toRelease() {
        return List.copyOf(received);
    }

    /** What has neither PUBACK nor PUBREC, in order [MQTT-4.4.0-1]. */
    List<Map.Entry<Integer, InFlight>> toPublish() {
        return List.copyOf(unacknowledged.entrySet());
    }
}
