package io.perdure.recovery.interop;

import io.perdure.protocol.packet.UserProperty;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of a PUBLISH of MQTT 5.0 that applications see.
 *
 * @param utf8 Payload Format Indicator 1
 * @param expiryS the Message Expiry Interval; -1: none
 * @param correlationData each character is a byte
 */
record MessageProperties(
        boolean utf8,
        long expiryS,
        @Nullable String contentType,
        @Nullable String responseTopic,
        @Nullable String correlationData,
        List<UserProperty> userProperties,
        List<Integer> subscriptionIds) {

    static final MessageProperties NONE = new MessageProperties(false, -1, null, null, null, List.of(), List.of());

    MessageProperties withExpiryS(long seconds) {
        return new MessageProperties(
                utf8, seconds, contentType, responseTopic, correlationData, userProperties, subscriptionIds);
    }

    MessageProperties withSubscriptionIds(List<Integer> ids) {
        return new MessageProperties(utf8, expiryS, contentType, responseTopic, correlationData, userProperties, ids);
    }

    /** The same, with the User Properties sorted by name; those of one name stay in their order. */
    MessageProperties sortedByName() {
        List<UserProperty> sorted = userProperties.stream()
                .sorted(Comparator.comparing(UserProperty::name))
                .toList();
        return new MessageProperties(
                utf8, expiryS, contentType, responseTopic, correlationData, sorted, subscriptionIds);
    }
}
