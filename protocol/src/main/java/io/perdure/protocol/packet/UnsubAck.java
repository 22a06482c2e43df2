package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UNSUBACK: the answer to an UNSUBSCRIBE.
 *
 * @param packetId that of the UNSUBSCRIBE
 * @param reasonCodes one for each Topic Filter, in order [MQTT-3.11.3-1]; not sent before 5.0, and empty if decoded from it
 * @param reasonString for diagnostics, or null
 * @param userProperties in order; empty if none
 */
public record UnsubAck(
        int packetId,
        List<ReasonCode> reasonCodes,
        @Nullable String reasonString,
        List<UserProperty> userProperties) implements Packet {

    public UnsubAck {
        reasonCodes = List.copyOf(reasonCodes);
        userProperties = List.copyOf(userProperties);
    }

    /** Without properties. */
    public static UnsubAck of(int packetId, List<ReasonCode> reasonCodes) {
        return new UnsubAck(packetId, reasonCodes, null, List.of());
    }

    @Override
    public PacketType type() {
        return PacketType.UNSUBACK;
    }
}
