package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CONNECT: the first packet of a client.
 *
 * @param version what the client speaks
 * @param bridge whether the client says that it is a bridge, as Mosquitto does before 5.0: by the highest bit of the
 *     Protocol Level
 * @param clientId the Client Identifier; empty if the server is to assign one
 * @param cleanStart Clean Start, before 5.0 Clean Session
 * @param keepAliveS the Keep Alive, 0 to 65535; 0: none
 * @param userName the User Name, or null
 * @param password the Password, or null
 * @param will the Will Message, or null
 * @param sessionExpiryS the Session Expiry Interval, 0 to 0xFFFFFFFF, where 0xFFFFFFFF is never; 0 if absent, and in
 *     earlier versions, where Clean Session decides
 * @param receiveMaximum 1 to 65535; 65535 if absent
 * @param maximumPacketSizeBytes the largest packet that the client takes, 1 or more; {@link Packet#LARGEST_BYTES} if
 *     absent
 * @param topicAliasMaximum 0 to 65535; 0 if absent
 * @param requestResponseInformation whether CONNACK may hold Response Information; false if absent
 * @param requestProblemInformation whether packets other than PUBLISH, CONNACK and DISCONNECT may hold a Reason String
 *     and User Properties [MQTT-3.1.2-29]; true if absent
 * @param userProperties in order; empty if none
 * @param authenticationMethod or null
 * @param authenticationData or null; never without a method
 */
public record Connect(
        MqttVersion version,
        boolean bridge,
        String clientId,
        boolean cleanStart,
        int keepAliveS,
        @Nullable String userName,
        byte @Nullable [] password,
        @Nullable Will will,
        long sessionExpiryS,
        int receiveMaximum,
        long maximumPacketSizeBytes,
        int topicAliasMaximum,
        boolean requestResponseInformation,
        boolean requestProblemInformation,
        List<UserProperty> userProperties,
        @Nullable String authenticationMethod,
        byte @Nullable [] authenticationData)
        implements Packet {

    public Connect {
        userProperties = List.copyOf(userProperties);
    }

    /** Starts a CONNECT that has everything optional absent, Clean Start set and no Keep Alive. */
    public static Builder builder(MqttVersion version, String clientId) {
        return new Builder(version, clientId);
    }

    @Override
    public PacketType type() {
        return PacketType.CONNECT;
    }

    /** Puts a CONNECT together. One thread. */
    public static final class Builder {
        private final MqttVersion version;
        private final String clientId;
        private boolean bridge;
        private boolean cleanStart = true;
        private int keepAliveS;
        private @Nullable String userName;
        private byte @Nullable [] password;
        private @Nullable Will will;
        private long sessionExpiryS;
        private int receiveMaximum = 65_535;
        private long maximumPacketSizeBytes = LARGEST_BYTES;
        private int topicAliasMaximum;
        private boolean requestResponseInformation;
        private boolean requestProblemInformation = true;
        private List<UserProperty> userProperties = List.of();
        private @Nullable String authenticationMethod;
        private byte @Nullable [] authenticationData;

        private Builder(MqttVersion version, String clientId) {
            this.version = version;
            this.clientId = clientId;
        }

        public Builder bridge(boolean value) {
            bridge = value;
            return this;
        }

        public Builder cleanStart(boolean value) {
            cleanStart = value;
            return this;
        }

        public Builder keepAliveS(int value) {
            keepAliveS = value;
            return this;
        }

        public Builder userName(@Nullable String value) {
            userName = value;
            return this;
        }

        public Builder password(byte @Nullable [] value) {
            password = value;
            return this;
        }

        public Builder will(@Nullable Will value) {
            will = value;
            return this;
        }

        public Builder sessionExpiryS(long value) {
            sessionExpiryS = value;
            return this;
        }

        public Builder receiveMaximum(int value) {
            receiveMaximum = value;
            return this;
        }

        public Builder maximumPacketSizeBytes(long value) {
            maximumPacketSizeBytes = value;
            return this;
        }

        public Builder topicAliasMaximum(int value) {
            topicAliasMaximum = value;
            return this;
        }

        public Builder requestResponseInformation(boolean value) {
            requestResponseInformation = value;
            return this;
        }

        public Builder requestProblemInformation(boolean value) {
            requestProblemInformation = value;
            return this;
        }

        public Builder userProperties(List<UserProperty> value) {
            userProperties = value;
            return this;
        }

        /** Sets the Authentication Method and its data. */
        public Builder authentication(@Nullable String method, byte @Nullable [] data) {
            authenticationMethod = method;
            authenticationData = data;
            return this;
        }

        public Connect build() {
            return new Connect(
                    version,
                    bridge,
                    clientId,
                    cleanStart,
                    keepAliveS,
                    userName,
                    password,
                    will,
                    sessionExpiryS,
                    receiveMaximum,
                    maximumPacketSizeBytes,
                    topicAliasMaximum,
                    requestResponseInformation,
                    requestProblemInformation,
                    userProperties,
                    authenticationMethod,
                    authenticationData);
        }
    }
}
