package io.perdure.protocol.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@link PubAck}, {@link PubRec}, {@link PubRel} and {@link PubComp} have in common: all have the same form. */
public sealed interface Acknowledgement extends Packet permits PubAck, PubRec, PubRel, PubComp {

    /** The Packet Identifier, 1 to 65535. */
    int packetId();

    /** The Reason Code; {@link ReasonCode#SUCCESS} before 5.0. */
    ReasonCode reasonCode();

    /** The Reason String, or null. */
    @Nullable
    String reasonString();

    /** The User Properties, in order; empty if none. */
    List<UserProperty> userProperties();
}
