package io.perdure.protocol.packet;

import java.util.List;

/**
 * SUBSCRIBE: asks for subscriptions.
 *
 * @param packetId 1 to 65535
 * @param requests at least one, in order [MQTT-3.8.3-2]
 * @param subscriptionId 1 to 268,435,455, or 0 if there is none
 * @param userProperties in order; empty if none
 */
public record Subscribe(
        int packetId, List<SubscriptionRequest> requests, int subscriptionId, List<UserProperty> userProperties)
        implements Packet {

    public Subscribe {
        requests = List.copyOf(requests);
        userProperties = List.copyOf(userProperties);
    }

    /** Without properties. */
    public static Subscribe of(int packetId, SubscriptionRequest... requests) {
        return new Subscribe(packetId, List.of(requests), 0, List.of());
    }

    @Override
    public PacketType type() {
        return PacketType.SUBSCRIBE;
    }
}
