package io.perdure.protocol.codec;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes CONNACK [3.2]. */
final class ConnAckDecoder {

    private ConnAckDecoder() {}

    static ConnAck decode(WireReader in, MqttVersion version) {
        int flags = in.readByte();
        if (flags > (version == MqttVersion.V3_1 ? 0 : 1)) {
            throw in.malformed("reserved flag of CONNACK is set"); // [MQTT-3.2.2-1]
        }
        int code = in.readByte();
        ReasonCode reasonCode = version.hasProperties() ? ReasonCode.of(code) : ofReturnCode(code);
        if (reasonCode == null || !reasonCode.validFromServer(PacketType.CONNACK)) {
            throw in.malformed("Reason Code " + code + " in a CONNACK"); // [MQTT-3.2.2-8]
        }
        if (flags == 1 && reasonCode.isError()) {
            throw in.protocolError("Session Present with an error"); // [MQTT-3.2.2-6]
        }
        ConnAck.Builder builder = ConnAck.builder(flags == 1, reasonCode);
        if (version.hasProperties()) {
            readProperties(in, builder);
        }
        in.expectEnd();
        return builder.build();
    }

    private static @Nullable ReasonCode ofReturnCode(int code) {
        return switch (code) {
            case 0 -> ReasonCode.SUCCESS;
            case 1 -> ReasonCode.UNSUPPORTED_PROTOCOL_VERSION;
            case 2 -> ReasonCode.CLIENT_IDENTIFIER_NOT_VALID;
            case 3 -> ReasonCode.SERVER_UNAVAILABLE;
            case 4 -> ReasonCode.BAD_USER_NAME_OR_PASSWORD;
            case 5 -> ReasonCode.NOT_AUTHORIZED;
            default -> null;
        };
    }

    private static void readProperties(WireReader in, ConnAck.Builder builder) {
        List<UserProperty> userProperties = List.of();
        String method = null;
        byte[] data = null;
        in.beginProperties();
        while (in.hasProperty()) {
            int id = in.readPropertyId(Properties.IN_CONNACK);
            switch (id) {
                case Properties.USER_PROPERTY -> userProperties = in.readUserProperty(userProperties);
                case Properties.AUTHENTICATION_METHOD -> method = in.readString();
                case Properties.AUTHENTICATION_DATA -> data = in.readBinary();
                default -> readProperty(in, id, builder);
            }
        }
        if (data != null && method == null) {
            throw in.protocolError("Authentication Data without an Authentication Method");
        }
        builder.userProperties(userProperties).authentication(method, data);
    }

    private static void readProperty(WireReader in, int id, ConnAck.Builder builder) {
        switch (id) {
            case Properties.SESSION_EXPIRY_INTERVAL -> builder.sessionExpiryS(in.readInt());
            case Properties.RECEIVE_MAXIMUM -> builder.receiveMaximum(in.readNonZeroShort(id));
            case Properties.MAXIMUM_QOS -> builder.maximumQos(in.readBoolean(id) ? 1 : 0);
            case Properties.RETAIN_AVAILABLE -> builder.retainAvailable(in.readBoolean(id));
            case Properties.MAXIMUM_PACKET_SIZE ->
                builder.maximumPacketSizeBytes(Math.min(in.readNonZeroInt(id), Packet.LARGEST_BYTES));
            case Properties.ASSIGNED_CLIENT_IDENTIFIER -> builder.assignedClientId(in.readString());
            case Properties.TOPIC_ALIAS_MAXIMUM -> builder.topicAliasMaximum(in.readShort());
            case Properties.REASON_STRING -> builder.reasonString(in.readString());
            case Properties.WILDCARD_SUBSCRIPTION_AVAILABLE ->
                builder.wildcardSubscriptionAvailable(in.readBoolean(id));
            case Properties.SUBSCRIPTION_IDENTIFIERS_AVAILABLE ->
                builder.subscriptionIdentifiersAvailable(in.readBoolean(id));
            case Properties.SHARED_SUBSCRIPTION_AVAILABLE -> builder.sharedSubscriptionAvailable(in.readBoolean(id));
            case Properties.SERVER_KEEP_ALIVE -> builder.serverKeepAliveS(in.readShort());
            case Properties.RESPONSE_INFORMATION -> builder.responseInformation(in.readString());
            case Properties.SERVER_REFERENCE -> builder.serverReference(in.readString());
            default -> throw new IllegalStateException("property " + id);
        }
    }
}
