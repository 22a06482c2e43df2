package io.perdure.recovery.interop;

import java.nio.charset.StandardCharsets;

/**
 * What is published and received.
 *
 * @param payload each character is a byte (ISO 8859-1)
 */
record Message(String topic, String payload, int qos, boolean retain, MessageProperties properties) {

    static Message of(String topic, String payload, int qos) {
        return new Message(topic, payload, qos, false, MessageProperties.NONE);
    }

    static String payload(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    byte[] payloadBytes() {
        return payload.getBytes(StandardCharsets.ISO_8859_1);
    }

    Message retained() {
        return new Message(topic, payload, qos, true, properties);
    }

    Message with(MessageProperties newProperties) {
        return new Message(topic, payload, qos, retain, newProperties);
    }

    @Override
    public String toString() {
        String shown = payload.length() <= 40 ? payload : payload.substring(0, 40) + "... of " + payload.length();
        return topic + " QoS " + qos + (retain ? " retained: " : ": ") + shown
                + (properties.equals(MessageProperties.NONE) ? "" : " " + properties);
    }

    /** The same, but as a subscriber sees it that is there when it is published. */
    Message live(int subscribedQos) {
        return new Message(topic, payload, Math.min(qos, subscribedQos), false, properties);
    }
}
