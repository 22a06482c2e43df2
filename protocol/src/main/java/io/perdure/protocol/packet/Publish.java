package io.perdure.protocol.packet;

import io.perdure.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * PUBLISH: an Application Message.
 *
 * @param dup whether it may have been sent before
 * @param qos 0 to 2
 * @param retain the RETAIN flag
 * @param topic the Topic Name; null only if {@code topicAlias} stands for it
 * @param packetId 1 to 65535; 0 at QoS 0
 * @param messageExpiryS the Message Expiry Interval, 0 to 0xFFFFFFFF; -1 if absent
 * @param topicAlias 1 to 65535; 0 if absent
 * @param subscriptionIds of all subscriptions that it matched, 1 to 268,435,455 each; empty if none. A server's only
 * @param properties what a broker forwards unaltered [MQTT-3.3.2-4], [MQTT-3.3.2-15], [MQTT-3.3.2-16], [MQTT-3.3.2-17],
 *     [MQTT-3.3.2-20]: Payload Format Indicator, Content Type, Response Topic, Correlation Data and User Properties, in
 *     the encoding of MQTT 5.0 and in the order of the sender, without a length in front. Valid if it was decoded. Empty
 *     if none
 * @param payload the payload, maybe empty
 */
public record Publish(
        boolean dup,
        int qos,
        boolean retain,
        @Nullable TopicName topic,
        int packetId,
        long messageExpiryS,
        int topicAlias,
        int[] subscriptionIds,
        byte[] properties,
        byte[] payload)
        implements Packet {

    /** No properties, or no payload. */
    public static final byte[] NO_BYTES = {};

    /** No Subscription Identifier. */
    public static final int[] NO_IDS = {};

    /**
     * Without properties, DUP and RETAIN.
     *
     * @param packetId 0 at QoS 0
     */
    public static Publish of(TopicName topic, int qos, int packetId, byte[] payload) {
        return new Publish(false, qos, false, topic, packetId, -1, 0, NO_IDS, NO_BYTES, payload);
    }

    /** The same with another RETAIN flag. */
    public Publish withRetain(boolean newRetain) {
        return new Publish(
                dup, qos, newRetain, topic, packetId, messageExpiryS, topicAlias, subscriptionIds, properties, payload);
    }

    /** The same with other properties. */
    public Publish withProperties(PublishProperties newProperties) {
        return new Publish(
                dup,
                qos,
                retain,
                topic,
                packetId,
                messageExpiryS,
                topicAlias,
                subscriptionIds,
                newProperties.encode(),
                payload);
    }

    /** The properties, decoded. */
    public PublishProperties publishProperties() {
        return PublishProperties.decode(properties);
    }

    @Override
    public PacketType type() {
        return PacketType.PUBLISH;
    }
}
