package io.perdure.protocol.packet;

/** PINGREQ: asks whether the server is alive. */
public record PingReq() implements Packet {

    /** The only one that is needed. */
    public static final PingReq INSTANCE = new PingReq();

    @Override
    public PacketType type() {
        return PacketType.PINGREQ;
    }
}
