package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Auth;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.UserProperty;
import java.util.List;

/** Decodes DISCONNECT and AUTH [3.14], [3.15]. */
final class DisconnectDecoder {

    private DisconnectDecoder() {}

    static Disconnect disconnect(WireReader in, MqttVersion version, Sender sender) {
        if (in.remaining() == 0 || !version.hasProperties()) {
            in.expectEnd();
            return Disconnect.of(ReasonCode.SUCCESS);
        }
        ReasonCode reasonCode = ReasonCodes.read(in, PacketType.DISCONNECT, sender);
        if (in.remaining() == 0) {
            return Disconnect.of(reasonCode);
        }
        long sessionExpiryS = -1;
        String reasonString = null;
        String serverReference = null;
        List<UserProperty> userProperties = List.of();
        in.beginProperties();
        while (in.hasProperty()) {
            int id = in.readPropertyId(Properties.IN_DISCONNECT);
            switch (id) {
                case Properties.SESSION_EXPIRY_INTERVAL -> sessionExpiryS = in.readInt();
                case Properties.REASON_STRING -> reasonString = in.readString();
                case Properties.SERVER_REFERENCE -> serverReference = in.readString();
                case Properties.USER_PROPERTY -> userProperties = in.readUserProperty(userProperties);
                default -> throw new IllegalStateException("property " + id);
            }
        }
        in.expectEnd();
        if (sender == Sender.SERVER && sessionExpiryS >= 0) {
            throw in.protocolError("Session Expiry Interval in a DISCONNECT of a server"); // [MQTT-3.14.2-2]
        }
        if (sender == Sender.CLIENT && serverReference != null) {
            throw in.protocolError("Server Reference in a DISCONNECT of a client");
        }
        return new Disconnect(reasonCode, sessionExpiryS, reasonString, userProperties, serverReference);
    }

    static Auth auth(WireReader in, Sender sender) {
        if (in.remaining() == 0) {
            return new Auth(ReasonCode.SUCCESS, null, null, null, List.of());
        }
        ReasonCode reasonCode = ReasonCodes.read(in, PacketType.AUTH, sender);
        String method = null;
        byte[] data = null;
        String reasonString = null;
        List<UserProperty> userProperties = List.of();
        in.beginProperties();
        while (in.hasProperty()) {
            int id = in.readPropertyId(Properties.IN_AUTH);
            switch (id) {
                case Properties.AUTHENTICATION_METHOD -> method = in.readString();
                case Properties.AUTHENTICATION_DATA -> data = in.readBinary();
                case Properties.REASON_STRING -> reasonString = in.readString();
                case Properties.USER_PROPERTY -> userProperties = in.readUserProperty(userProperties);
                default -> throw new IllegalStateException("property " + id);
            }
        }
        in.expectEnd();
        if (method == null) {
            throw in.protocolError("AUTH without an Authentication Method");
        }
        return new Auth(reasonCode, method, data, reasonString, userProperties);
    }
}
