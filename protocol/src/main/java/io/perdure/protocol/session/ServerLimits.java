package io.perdure.protocol.session;

/**
 * What the broker grants a connection at most.
 *
 * @param receiveMaximum QoS 1 and 2 messages of one client that may be unanswered at a time, 1 to 65535
 * @param maximumPacketSizeBytes the largest packet that is accepted
 * @param topicAliasMaximum aliases that a client may set up, 0 to 65535
 * @param outboundAliasMaximum aliases that the broker sets up at most, 0 to 65535
 * @param maximumQos 0 to 2
 * @param sessionExpiryMaximumS the longest Session Expiry Interval, 0 to {@link #NO_EXPIRY}
 * @param keepAliveMaximumS the longest Keep Alive, 1 to 65535; 0: any, also none
 * @param mqtt31ClientIdMaximum characters that the Client Identifier of an MQTT 3.1 client may have, 23 to 65535
 * @param retainAvailable whether messages may be retained
 * @param wildcardAvailable whether Topic Filters may have wildcards
 * @param subscriptionIdsAvailable whether subscriptions may have identifiers
 * @param sharedAvailable whether subscriptions may be shared
 */
public record ServerLimits(
        int receiveMaximum,
        long maximumPacketSizeBytes,
        int topicAliasMaximum,
        int outboundAliasMaximum,
        int maximumQos,
        long sessionExpiryMaximumS,
        int keepAliveMaximumS,
        int mqtt31ClientIdMaximum,
        boolean retainAvailable,
        boolean wildcardAvailable,
        boolean subscriptionIdsAvailable,
        boolean sharedAvailable) {

    /** The Session Expiry Interval of a session that does not expire [3.1.2.11.2]. */
    public static final long NO_EXPIRY = 0xFFFF_FFFFL;

    /** Limits on numbers, and everything that MQTT has is available. */
    public static ServerLimits of(
            int receiveMaximum,
            long maximumPacketSizeBytes,
            int topicAliasMaximum,
            int outboundAliasMaximum,
            long sessionExpiryMaximumS,
            int keepAliveMaximumS,
            int mqtt31ClientIdMaximum) {
        return new ServerLimits(
                receiveMaximum,
                maximumPacketSizeBytes,
                topicAliasMaximum,
                outboundAliasMaximum,
                2,
                sessionExpiryMaximumS,
                keepAliveMaximumS,
                mqtt31ClientIdMaximum,
                true,
                true,
                true,
                true);
    }
}
