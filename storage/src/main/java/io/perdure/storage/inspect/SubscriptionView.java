package io.perdure.storage.inspect;

/**
 * One subscription.
 *
 * @param clientId whose
 * @param fullFilter the Topic Filter as the client wrote it, {@code $share/...} included
 * @param maximumQos 0 to 2
 * @param noLocal No Local
 * @param retainAsPublished Retain As Published
 * @param retainHandling 0 to 2
 * @param subscriptionId the Subscription Identifier, 0 if there is none
 * @param replaying whether retained messages are still to be put into the queue for it
 */
public record SubscriptionView(
        String clientId,
        String fullFilter,
        int maximumQos,
        boolean noLocal,
        boolean retainAsPublished,
        int retainHandling,
        int subscriptionId,
        boolean replaying) {

    /** The filter that topics are matched with: of a Shared Subscription the part after the ShareName. */
    public String topicFilter() {
        if (!fullFilter.startsWith("$share/")) {
            return fullFilter;
        }
        return fullFilter.substring(fullFilter.indexOf('/', "$share/".length()) + 1);
    }
}
