package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * PubComp: the answer to a PUBREL.
 *
 * @param packetId 1 to 65535
 * @param reasonCode {@link ReasonCode#SUCCESS} before 5.0
 * @param reasonString for diagnostics, or null
 * @param userProperties in order; empty if none
 */
public record PubComp(
        int packetId, ReasonCode reasonCode, @Nullable String reasonString, List<UserProperty> userProperties)
        implements Acknowledgement {

    public PubComp {
        userProperties = List.copyOf(userProperties);
    }

    /** With {@link ReasonCode#SUCCESS}. */
    public static PubComp of(int packetId) {
        return of(packetId, ReasonCode.SUCCESS, null);
    }

    /** With a Reason Code. */
    public static PubComp of(int packetId, ReasonCode reasonCode) {
        return of(packetId, reasonCode, null);
    }

    /** With a Reason Code and a Reason String, null if there is none. */
    public static PubComp of(int packetId, ReasonCode reasonCode, @Nullable String reasonString) {
        return new PubComp(packetId, reasonCode, reasonString, List.of());
    }

    @Override
    public PacketType type() {
        return PacketType.PUBCOMP;
    }
}
