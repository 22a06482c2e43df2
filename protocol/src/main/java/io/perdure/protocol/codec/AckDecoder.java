package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.UserProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes PUBACK, PUBREC, PUBREL and PUBCOMP [3.4] to [3.7]. */
final class AckDecoder {

    private AckDecoder() {}

    /** Makes the one without Reason Code and properties. */
    static Packet success(PacketType type, int packetId) {
        return of(type, packetId, ReasonCode.SUCCESS, null, List.of());
    }

    static Packet decode(WireReader in, PacketType type, MqttVersion version, Sender sender) {
        int packetId = in.readPacketId();
        if (in.remaining() == 0 || !version.hasProperties()) {
            in.expectEnd();
            return success(type, packetId);
        }
        ReasonCode reasonCode = ReasonCodes.read(in, type, sender);
        if (in.remaining() == 0) {
            return of(type, packetId, reasonCode, null, List.of());
        }
        AckProperties properties = AckProperties.read(in, version);
        in.expectEnd();
        return of(type, packetId, reasonCode, properties.reasonString(), properties.userProperties());
    }

    private static Packet of(
            PacketType type,
            int packetId,
            ReasonCode reasonCode,
            @Nullable String reasonString,
            List<UserProperty> userProperties) {
        return switch (type) {
            case PUBACK -> new PubAck(packetId, reasonCode, reasonString, userProperties);
            case PUBREC -> new PubRec(packetId, reasonCode, reasonString, userProperties);
            case PUBREL -> new PubRel(packetId, reasonCode, reasonString, userProperties);
            case PUBCOMP -> new PubComp(packetId, reasonCode, reasonString, userProperties);
            default -> throw new IllegalArgumentException(type.name());
        };
    }
}
