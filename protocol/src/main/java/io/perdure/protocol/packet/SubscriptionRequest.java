package io.perdure.protocol.packet;

/**
 * One subscription that a SUBSCRIBE asks for [3.8.3].
 *
 * @param topicFilter as the client wrote it, well-formed UTF-8 but not checked any further
 * @param qos the maximum QoS, 0 to 2
 * @param noLocal whether messages of the same Client Identifier are left out; false before 5.0
 * @param retainAsPublished whether the RETAIN flag is forwarded; false before 5.0
 * @param retainHandling 0: send retained messages, 1: only if the subscription is new, 2: don't; 0 before 5.0
 */
public record SubscriptionRequest(
        String topicFilter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {

    /** As versions before 5.0 have it. */
    public static SubscriptionRequest of(String topicFilter, int qos) {
        return new SubscriptionRequest(topicFilter, qos, false, false, 0);
    }
}
