package io.perdure.storage;

/**
 * A Will Message.
 *
 * @param topic the Topic Name, UTF-8
 * @param properties as {@link Message#properties}
 * @param qos 0 to 2
 * @param delayS the Will Delay Interval
 * @param messageExpiryS the Message Expiry Interval, counted from publication; -1 if there is none
 */
public record Will(
        byte[] topic, byte[] payload, byte[] properties, int qos, boolean retain, long delayS, long messageExpiryS) {

    /** The bytes that it weighs in bounds of queues. */
    public int weightBytes() {
        return topic.length + payload.length + properties.length + 64;
    }
}
