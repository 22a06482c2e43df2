package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SUBACK: the answer to a SUBSCRIBE.
 *
 * @param packetId that of the SUBSCRIBE
 * @param reasonCodes one for each request, in order [MQTT-3.9.3-1]: the granted QoS or an error; in 3.1.1 all errors are
 *     sent as 0x80, and 3.1 has no errors
 * @param reasonString for diagnostics, or null
 * @param userProperties in order; empty if none
 */
public record SubAck(
        int packetId,
        List<ReasonCode> reasonCodes,
        @Nullable String reasonString,
        List<UserProperty> userProperties) implements Packet {

    public SubAck {
        reasonCodes = List.copyOf(reasonCodes);
        userProperties = List.copyOf(userProperties);
    }

    /** Without properties. */
    public static SubAck of(int packetId, List<ReasonCode> reasonCodes) {
        return new SubAck(packetId, reasonCodes, null, List.of());
    }

    @Override
    public PacketType type() {
        return PacketType.SUBACK;
    }
}
