package io.perdure.storage;

/**
 * One message in the queue of one session; immutable.
 *
 * @param sequence its place in the session's queue, from 1 on; {@link #UNQUEUED} for a QoS 0 delivery that is not in the
 *     queue
 * @param message what is delivered
 * @param qos the QoS of this delivery, 0 to 2. An entry with a sequence may have QoS 0 (a paced retained replay): it is
 *     finished as soon as it is sent
 * @param retain the RETAIN flag of this delivery
 * @param subscriptionIds the Subscription Identifiers of all subscriptions that it matched; empty if none
 * @param bodyId the id of the shared body, 0 if the queue row holds the message itself
 */
public record Entry(long sequence, Message message, int qos, boolean retain, int[] subscriptionIds, long bodyId) {

    /** The sequence of a delivery that is in no queue. */
    public static final long UNQUEUED = 0;

    /** No Subscription Identifier. */
    public static final int[] NO_IDS = {};

    /**
     * The Packet Identifier that a sequence has, before and after any crash.
     *
     * @return 1 to 65535
     */
    public static int packetId(long sequence) {
        return (int) (sequence % 65535) + 1;
    }
}
