package io.perdure.server.connection;

import io.perdure.storage.Will;
import org.jspecify.annotations.Nullable;

/** Will Messages, from the packet to the store. */
final class Wills {

    private Wills() {}

    static @Nullable Will stored(io.perdure.protocol.packet.@Nullable Will will) {
        if (will == null) {
            return null;
        }
        return new Will(
                will.topic().utf8(),
                will.payload(),
                will.properties(),
                will.qos(),
                will.retain(),
                will.delayS(),
                will.messageExpiryS());
    }
}
