package io.perdure.tools;

import io.perdure.storage.Message;
import java.nio.charset.StandardCharsets;

/**
 * A message that is to be published again.
 *
 * @param qos that of the delivery that it was stored for
 * @param retain whether it is published as a Retained Message
 */
record Outgoing(Message message, int qos, boolean retain) {

    String topic() {
        return new String(message.topic(), StandardCharsets.UTF_8);
    }

    /**
     * The Message Expiry Interval that is left, in s; -1 if it does not expire. Rounded up, since 0 would be no time at
     * all.
     */
    long expiryLeftS(long nowMs) {
        if (message.expiresAtMs() == Message.NEVER) {
            return -1;
        }
        return Math.max(1, (message.expiresAtMs() - nowMs + 999) / 1000);
    }
}
