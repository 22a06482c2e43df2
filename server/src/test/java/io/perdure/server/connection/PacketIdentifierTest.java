package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.protocol.session.SendWindow;
import io.perdure.storage.Entry;
import org.junit.jupiter.api.Test;

class PacketIdentifierTest {

    /** What the connection sends and what a dump of the store shows. */
    @Test
    void isTheSameOnTheWireAndInTheStore() {
        for (long sequence = 1; sequence < 1L << 50; sequence = sequence * 3 / 2 + 1) {
            assertEquals(Entry.packetId(sequence), SendWindow.packetId(sequence));
        }
    }
}
