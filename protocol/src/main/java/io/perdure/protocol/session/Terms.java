package io.perdure.protocol.session;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.MqttVersion;

/**
 * What holds for an accepted connection; immutable.
 *
 * @param version what the client speaks
 * @param bridge whether the client is a bridge of Mosquitto's kind: its subscriptions leave out what it sends itself and
 *     keep the RETAIN flag as it was published, which 5.0 has options for
 * @param clientId the Client Identifier, not empty
 * @param clientIdAssigned whether the broker chose it
 * @param cleanStart whether a session that exists is to be dropped
 * @param wantedSessionExpiryS what the client asked for; before MQTT 5.0, 0 with Clean Session and else never
 * @param sessionExpiryS what it gets; 0: the session ends with the connection
 * @param wantedKeepAliveS what the client asked for
 * @param keepAliveS what holds; 0: none
 * @param sendReceiveMaximum the client's Receive Maximum: for {@link SendWindow}
 * @param sendMaximumPacketSizeBytes the client's Maximum Packet Size: what is larger is not sent [MQTT-3.1.2-24]
 * @param outboundAliasMaximum for {@link OutboundAliases}; 0 before MQTT 5.0
 * @param problemInformation whether packets other than PUBLISH, CONNACK and DISCONNECT may hold a Reason String
 *     [MQTT-3.1.2-29]
 * @param limits the broker's
 */
public record Terms(
        MqttVersion version,
        boolean bridge,
        String clientId,
        boolean clientIdAssigned,
        boolean cleanStart,
        long wantedSessionExpiryS,
        long sessionExpiryS,
        int wantedKeepAliveS,
        int keepAliveS,
        int sendReceiveMaximum,
        long sendMaximumPacketSizeBytes,
        int outboundAliasMaximum,
        boolean problemInformation,
        ServerLimits limits)
        implements Negotiation {

    /** For {@link ReceiveWindow}. Clients before MQTT 5.0 know no Receive Maximum and are not held to one. */
    public int receiveMaximum() {
        return version.hasProperties() ? limits.receiveMaximum() : SendWindow.PACKET_IDS;
    }

    /** For {@link InboundAliases}. */
    public int inboundAliasMaximum() {
        return version.hasProperties() ? limits.topicAliasMaximum() : 0;
    }

    /**
     * The CONNACK that accepts. It names what differs from what the client would assume: its own values and the defaults
     * of the specification [3.2.2.3].
     */
    public ConnAck connAck(boolean sessionPresent) {
        ConnAck.Builder connAck = ConnAck.accepted(sessionPresent);
        if (!version.hasProperties()) {
            return connAck.build();
        }
        if (sessionExpiryS != wantedSessionExpiryS) {
            connAck.sessionExpiryS(sessionExpiryS);
        }
        if (keepAliveS != wantedKeepAliveS) {
            connAck.serverKeepAliveS(keepAliveS);
        }
        if (clientIdAssigned) {
            connAck.assignedClientId(clientId);
        }
        return connAck.receiveMaximum(limits.receiveMaximum())
                .maximumQos(limits.maximumQos())
                .retainAvailable(limits.retainAvailable())
                .maximumPacketSizeBytes(limits.maximumPacketSizeBytes())
                .topicAliasMaximum(limits.topicAliasMaximum())
                .wildcardSubscriptionAvailable(limits.wildcardAvailable())
                .subscriptionIdentifiersAvailable(limits.subscriptionIdsAvailable())
                .sharedSubscriptionAvailable(limits.sharedAvailable())
                .build();
    }

    /**
     * Whether DISCONNECT may set the Session Expiry Interval to this: not to more than 0 if CONNECT had 0, which is a
     * protocol error [3.14.2.2.2].
     *
     * @param newExpiryS 0 or more; -1 if DISCONNECT has none
     */
    public boolean mayExpireAfter(long newExpiryS) {
        return newExpiryS <= 0 || wantedSessionExpiryS != 0;
    }

    /**
     * The Session Expiry Interval from the end of the connection on.
     *
     * @param newExpiryS what DISCONNECT says, -1 if it says nothing
     * @return -1 if it stays what it was
     */
    public long expiryAtEndS(long newExpiryS) {
        return newExpiryS < 0 ? -1 : Math.min(newExpiryS, limits.sessionExpiryMaximumS());
    }
}
