package io.perdure.storage;

import org.jspecify.annotations.Nullable;

/**
 * A subscription of a session; immutable.
 *
 * @param session whose
 * @param topicFilter the Topic Filter, of a Shared Subscription the part after the ShareName
 * @param shareName the ShareName, or null if it is not a Shared Subscription
 * @param maximumQos 0 to 2
 * @param noLocal whether messages of the session's own Client Identifier are left out
 * @param retainAsPublished whether the RETAIN flag is forwarded
 * @param retainHandling 0 to 2
 * @param subscriptionId 1 to 268,435,455, or 0 if there is none
 */
public record Subscription(
        SessionRef session,
        String topicFilter,
        @Nullable String shareName,
        int maximumQos,
        boolean noLocal,
        boolean retainAsPublished,
        int retainHandling,
        int subscriptionId) {

    /** The filter as the client wrote it, {@code $share/...} included: what identifies it within the session. */
    public String fullFilter() {
        return shareName == null ? topicFilter : "$share/" + shareName + "/" + topicFilter;
    }
}
