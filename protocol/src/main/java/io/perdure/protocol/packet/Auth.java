package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AUTH: a step of an enhanced authentication; 5.0 only.
 *
 * @param reasonCode success, continue or re-authenticate
 * @param authenticationMethod the method; null only in a bare AUTH, one without anything after its fixed header
 * @param authenticationData or null
 * @param reasonString for diagnostics, or null
 * @param userProperties in order; empty if none
 */
public record Auth(
        ReasonCode reasonCode,
        @Nullable String authenticationMethod,
        byte @Nullable [] authenticationData,
        @Nullable String reasonString,
        List<UserProperty> userProperties)
        implements Packet {

    public Auth {
        userProperties = List.copyOf(userProperties);
    }

    @Override
    public PacketType type() {
        return PacketType.AUTH;
    }
}
