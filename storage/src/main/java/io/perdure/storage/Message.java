package io.perdure.storage;

/**
 * An Application Message as it was published; immutable, and shared by all that hold it: never change the arrays.
 *
 * @param topic the Topic Name, UTF-8
 * @param payload the payload
 * @param properties what a PUBLISH forwards unaltered (Payload Format Indicator, Content Type, Response Topic,
 *     Correlation Data, User Properties) in the encoding and order of MQTT 5.0, without a length in front; empty if none
 * @param qos the QoS of the publisher, 0 to 2
 * @param publishedAtMs when it was received, wall clock
 * @param expiresAtMs when it expires, wall clock; {@link #NEVER} if it doesn't [MQTT-3.3.2-5]
 */
public record Message(byte[] topic, byte[] payload, byte[] properties, int qos, long publishedAtMs, long expiresAtMs) {

    /** The deadline of what does not expire. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The bytes that it weighs in bounds of queues and buffers. */
    public int weightBytes() {
        return topic.length + payload.length + properties.length + 64;
    }

    /** Whether it is expired at {@code nowMs}, wall clock. */
    public boolean expired(long nowMs) {
        return nowMs >= expiresAtMs;
    }
}
