package io.perdure.server.config;

/**
 * What a client may ask of the broker, and what one connection may cost it. Ranges are those of {@link Settings}.
 *
 * @param maximumPacketSizeBytes the largest MQTT packet that is accepted, fixed header included; announced as Maximum
 *     Packet Size, and a larger packet is refused from its header [MQTT-3.2.2-15]
 * @param receiveMaximum QoS 1 and 2 messages of one client that may be unacknowledged at a time; announced as Receive
 *     Maximum [MQTT-3.3.4-7]
 * @param topicAliasMaximum topic aliases that a client may set up; announced as Topic Alias Maximum; 0: none
 * @param sessionExpiryMaximumS the longest Session Expiry Interval that is granted, in seconds; {@link #NEVER_S}: any
 * @param keepAliveMaximumS the longest keep alive that is granted, in seconds, also to a client that wants none; 0: any
 * @param mqtt31ClientIdMaximum characters that the Client Identifier of an MQTT 3.1 client may have; the specification
 *     says 23
 * @param maximumConnections network connections at a time; the CONNECT of a further one is refused, or it is closed
 *     at once
 * @param connectTimeoutMs how long a new connection may take to send its whole CONNECT [MQTT-3.1.0-1]
 * @param sendBufferBytes how much may wait in a connection's socket buffer before sending to it pauses
 * @param deliveryBufferBytes how much of a session's queue a connection may hold in memory; a subscriber that falls
 *     further behind is served from the store
 */
public record Limits(
        int maximumPacketSizeBytes,
        int receiveMaximum,
        int topicAliasMaximum,
        long sessionExpiryMaximumS,
        int keepAliveMaximumS,
        int mqtt31ClientIdMaximum,
        int maximumConnections,
        int connectTimeoutMs,
        int sendBufferBytes,
        int deliveryBufferBytes) {

    /** The Session Expiry Interval of a session that never expires [3.1.2.11.2]. */
    public static final long NEVER_S = 0xFFFF_FFFFL;
}
