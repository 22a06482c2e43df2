package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * DISCONNECT. Before 5.0 only a client sends it, without Reason Code and properties.
 *
 * @param reasonCode {@link ReasonCode#SUCCESS} is Normal disconnection
 * @param sessionExpiryS the new Session Expiry Interval, 0 to 0xFFFFFFFF; -1 if absent. A client's only [MQTT-3.14.2-2]
 * @param reasonString for diagnostics, or null
 * @param userProperties in order; empty if none
 * @param serverReference another server to use, or null; a server's only
 */
public record Disconnect(
        ReasonCode reasonCode,
        long sessionExpiryS,
        @Nullable String reasonString,
        List<UserProperty> userProperties,
        @Nullable String serverReference)
        implements Packet {

    public Disconnect {
        userProperties = List.copyOf(userProperties);
    }

    /** With a Reason Code alone. */
    public static Disconnect of(ReasonCode reasonCode) {
        return of(reasonCode, null);
    }

    /** With a Reason Code and a Reason String, null if there is none. */
    public static Disconnect of(ReasonCode reasonCode, @Nullable String reasonString) {
        return new Disconnect(reasonCode, -1, reasonString, List.of(), null);
    }

    @Override
    public PacketType type() {
        return PacketType.DISCONNECT;
    }
}
