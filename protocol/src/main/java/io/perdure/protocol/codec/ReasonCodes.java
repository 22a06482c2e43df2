package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.ReasonCode;
import java.util.ArrayList;
import java.util.List;

/** Decodes Reason Codes. */
final class ReasonCodes {

    private ReasonCodes() {}

    /** A Reason Code that the sender may put into a packet of that type. */
    static ReasonCode read(WireReader in, PacketType type, Sender sender) {
        int code = in.readByte();
        ReasonCode reasonCode = ReasonCode.of(code);
        if (reasonCode == null
                || !(sender == Sender.CLIENT ? reasonCode.validFromClient(type) : reasonCode.validFromServer(type))) {
            throw in.malformed("Reason Code " + code + " in a " + type);
        }
        return reasonCode;
    }

    /** The rest of the packet: one or more Reason Codes. */
    static List<ReasonCode> readRest(WireReader in, PacketType type, Sender sender) {
        List<ReasonCode> reasonCodes = new ArrayList<>(Math.min(in.remaining(), WireReader.MAXIMUM_ELEMENTS));
        do {
            in.countElement();
            reasonCodes.add(read(in, type, sender));
        } while (in.remaining() > 0);
        return reasonCodes;
    }
}
