package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CONNACK: the answer to a CONNECT. In 3.1.1 the first two components alone are sent, the second as {@link
 * ReasonCode#connectReturnCode()}; in 3.1 the second alone.
 *
 * @param sessionPresent whether the server goes on with a stored session; false with an error [MQTT-3.2.2-6]
 * @param reasonCode success or an error
 * @param sessionExpiryS the Session Expiry Interval that the server uses, 0 to 0xFFFFFFFF; -1 if absent: the client's
 * @param receiveMaximum 1 to 65535; 65535 if absent
 * @param maximumQos 0 to 2; 2 if absent
 * @param retainAvailable true if absent
 * @param maximumPacketSizeBytes the largest packet that the server takes, 1 or more; {@link Packet#LARGEST_BYTES} if
 *     absent
 * @param assignedClientId the Client Identifier that the server chose, or null
 * @param topicAliasMaximum 0 to 65535; 0 if absent
 * @param reasonString for diagnostics, or null
 * @param userProperties in order; empty if none
 * @param wildcardSubscriptionAvailable true if absent
 * @param subscriptionIdentifiersAvailable true if absent
 * @param sharedSubscriptionAvailable true if absent
 * @param serverKeepAliveS the Keep Alive that the client has to use, 0 to 65535; -1 if absent: its own
 * @param responseInformation or null
 * @param serverReference another server to use, or null
 * @param authenticationMethod or null
 * @param authenticationData or null; never without a method
 */
public record ConnAck(
        boolean sessionPresent,
        ReasonCode reasonCode,
        long sessionExpiryS,
        int receiveMaximum,
        int maximumQos,
        boolean retainAvailable,
        long maximumPacketSizeBytes,
        @Nullable String assignedClientId,
        int topicAliasMaximum,
        @Nullable String reasonString,
        List<UserProperty> userProperties,
        boolean wildcardSubscriptionAvailable,
        boolean subscriptionIdentifiersAvailable,
        boolean sharedSubscriptionAvailable,
        int serverKeepAliveS,
        @Nullable String responseInformation,
        @Nullable String serverReference,
        @Nullable String authenticationMethod,
        byte @Nullable [] authenticationData)
        implements Packet {

    public ConnAck {
        userProperties = List.copyOf(userProperties);
    }

    /** Starts a CONNACK that accepts, with everything optional absent. */
    public static Builder accepted(boolean sessionPresent) {
        return new Builder(sessionPresent, ReasonCode.SUCCESS);
    }

    /** A CONNACK that refuses, with a Reason String, null if there is none. */
    public static ConnAck refused(ReasonCode reasonCode, @Nullable String reasonString) {
        return new Builder(false, reasonCode).reasonString(reasonString).build();
    }

    /** Starts a CONNACK with everything optional absent. */
    public static Builder builder(boolean sessionPresent, ReasonCode reasonCode) {
        return new Builder(sessionPresent, reasonCode);
    }

    @Override
    public PacketType type() {
        return PacketType.CONNACK;
    }

    /** Puts a CONNACK together. One thread. */
    public static final class Builder {
        private final boolean sessionPresent;
        private final ReasonCode reasonCode;
        private long sessionExpiryS = -1;
        private int receiveMaximum = 65_535;
        private int maximumQos = 2;
        private boolean retainAvailable = true;
        private long maximumPacketSizeBytes = LARGEST_BYTES;
        private @Nullable String assignedClientId;
        private int topicAliasMaximum;
        private @Nullable String reasonString;
        private List<UserProperty> userProperties = List.of();
        private boolean wildcardSubscriptionAvailable = true;
        private boolean subscriptionIdentifiersAvailable = true;
        private boolean sharedSubscriptionAvailable = true;
        private int serverKeepAliveS = -1;
        private @Nullable String responseInformation;
        private @Nullable String serverReference;
        private @Nullable String authenticationMethod;
        private byte @Nullable [] authenticationData;

        private Builder(boolean sessionPresent, ReasonCode reasonCode) {
            this.sessionPresent = sessionPresent;
            this.reasonCode = reasonCode;
        }

        public Builder sessionExpiryS(long value) {
            sessionExpiryS = value;
            return this;
        }

        public Builder receiveMaximum(int value) {
            receiveMaximum = value;
            return this;
        }

        public Builder maximumQos(int value) {
            maximumQos = value;
            return this;
        }

        public Builder retainAvailable(boolean value) {
            retainAvailable = value;
            return this;
        }

        public Builder maximumPacketSizeBytes(long value) {
            maximumPacketSizeBytes = value;
            return this;
        }

        public Builder assignedClientId(@Nullable String value) {
            assignedClientId = value;
            return this;
        }

        public Builder topicAliasMaximum(int value) {
            topicAliasMaximum = value;
            return this;
        }

        public Builder reasonString(@Nullable String value) {
            reasonString = value;
            return this;
        }

        public Builder userProperties(List<UserProperty> value) {
            userProperties = value;
            return this;
        }

        public Builder wildcardSubscriptionAvailable(boolean value) {
            wildcardSubscriptionAvailable = value;
            return this;
        }

        public Builder subscriptionIdentifiersAvailable(boolean value) {
            subscriptionIdentifiersAvailable = value;
            return this;
        }

        public Builder sharedSubscriptionAvailable(boolean value) {
            sharedSubscriptionAvailable = value;
            return this;
        }

        public Builder serverKeepAliveS(int value) {
            serverKeepAliveS = value;
            return this;
        }

        public Builder responseInformation(@Nullable String value) {
            responseInformation = value;
            return this;
        }

        public Builder serverReference(@Nullable String value) {
            serverReference = value;
            return this;
        }

        /** Sets the Authentication Method and its data. */
        public Builder authentication(@Nullable String method, byte @Nullable [] data) {
            authenticationMethod = method;
            authenticationData = data;
            return this;
        }

        public ConnAck build() {
            return new ConnAck(
                    sessionPresent,
                    reasonCode,
                    sessionExpiryS,
                    receiveMaximum,
                    maximumQos,
                    retainAvailable,
                    maximumPacketSizeBytes,
                    assignedClientId,
                    topicAliasMaximum,
                    reasonString,
                    userProperties,
                    wildcardSubscriptionAvailable,
                    subscriptionIdentifiersAvailable,
                    sharedSubscriptionAvailable,
                    serverKeepAliveS,
                    responseInformation,
                    serverReference,
                    authenticationMethod,
                    authenticationData);
        }
    }
}
