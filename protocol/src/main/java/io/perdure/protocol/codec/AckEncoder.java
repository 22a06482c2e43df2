package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;

/**
 * Puts the acknowledgements that say success, and PINGRESP, into a buffer: the same bytes in all versions. Stateless; any
 * thread.
 */
public final class AckEncoder {

    /** The size of each acknowledgement, bytes. */
    public static final int SIZE_BYTES = 4;

    private AckEncoder() {}

    /** Appends a PUBACK. */
    public static void pubAck(ByteBuf out, int packetId) {
        write(out, 0x40, packetId);
    }

    /** Appends a PUBREC. */
    public static void pubRec(ByteBuf out, int packetId) {
        write(out, 0x50, packetId);
    }

    /** Appends a PUBREL. */
    public static void pubRel(ByteBuf out, int packetId) {
        write(out, 0x62, packetId);
    }

    /** Appends a PUBCOMP. */
    public static void pubComp(ByteBuf out, int packetId) {
        write(out, 0x70, packetId);
    }

    /** Appends a PINGRESP. */
    public static void pingResp(ByteBuf out) {
        out.writeShort(0xD000);
    }

    private static void write(ByteBuf out, int firstByte, int packetId) {
        out.writeInt(firstByte << 24 | 2 << 16 | packetId);
    }
}
