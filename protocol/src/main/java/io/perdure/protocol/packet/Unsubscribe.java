package io.perdure.protocol.packet;

import java.util.List;

/**
 * UNSUBSCRIBE: removes subscriptions.
 *
 * @param packetId 1 to 65535
 * @param topicFilters at least one, in order [MQTT-3.10.3-2]; well-formed UTF-8 but not checked any further
 * @param userProperties in order; empty if none
 */
public record Unsubscribe(int packetId, List<String> topicFilters, List<UserProperty> userProperties)
        implements Packet {

    public Unsubscribe {
        topicFilters = List.copyOf(topicFilters);
        userProperties = List.copyOf(userProperties);
    }

    /** Without properties. */
    public static Unsubscribe of(int packetId, String... topicFilters) {
        return new Unsubscribe(packetId, List.of(topicFilters), List.of());
    }

    @Override
    public PacketType type() {
        return PacketType.UNSUBSCRIBE;
    }
}
