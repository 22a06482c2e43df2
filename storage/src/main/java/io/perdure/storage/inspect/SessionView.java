package io.perdure.storage.inspect;

/**
 * One session.
 *
 * @param clientId the Client Identifier
 * @param sessionId what its rows are keyed with
 * @param connected whether a connection is attached to it; never in a stopped store
 * @param offlineSinceMs since when it is without a connection, wall clock; 0 while it has one
 * @param sessionExpiryS the Session Expiry Interval; {@link io.perdure.storage.Command#NO_EXPIRY}: it does not expire
 * @param expiresAtMs when it expires, wall clock; {@link io.perdure.storage.Message#NEVER} if it does not, or not as long
 *     as it is connected
 * @param subscriptions number of its stored subscriptions: 0 if the session ends with its connection
 * @param queued number of messages in its queue that are not finished, the ones in flight included
 * @param queuedExact whether {@code queued} was counted; otherwise it is the most that there can
 *     be: long queues are not counted to their end, and of sessions that end with their connection it is not stored what is
 *     finished
 * @param inFlight number of messages that may have been sent and are not finished
 * @param inbound number of QoS 2 Packet Identifiers of the client that are not released
 * @param head all sequences of its queue below are finished
 * @param sentLimit sequences below may have been sent
 */
public record SessionView(
        String clientId,
        long sessionId,
        boolean connected,
        long offlineSinceMs,
        long sessionExpiryS,
        long expiresAtMs,
        long subscriptions,
        long queued,
        boolean queuedExact,
        long inFlight,
        long inbound,
        long head,
        long sentLimit) {}
