package io.perdure.protocol.packet;

import io.perdure.protocol.topic.TopicName;

/**
 * The Will Message in a CONNECT.
 *
 * @param topic where it is published
 * @param payload the payload
 * @param properties as {@link Publish#properties}; empty before 5.0
 * @param qos 0 to 2
 * @param retain whether it is published as a Retained Message
 * @param delayS the Will Delay Interval, 0 to 0xFFFFFFFF; 0 if absent
 * @param messageExpiryS the Message Expiry Interval, 0 to 0xFFFFFFFF; -1 if absent
 */
public record Will(
        TopicName topic, byte[] payload, byte[] properties, int qos, boolean retain, long delayS, long messageExpiryS) {

    /** Without properties. */
    public static Will of(TopicName topic, byte[] payload, int qos, boolean retain) {
        return new Will(topic, payload, Publish.NO_BYTES, qos, retain, 0, -1);
    }

    /** The properties, decoded. */
    public PublishProperties publishProperties() {
        return PublishProperties.decode(properties);
    }
}
