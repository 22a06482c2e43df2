package io.perdure.protocol.packet;

/** PINGRESP: the answer to a PINGREQ. */
public record PingResp() implements Packet {

    /** The only one that is needed. */
    public static final PingResp INSTANCE = new PingResp();

    @Override
    public PacketType type() {
        return PacketType.PINGRESP;
    }
}
