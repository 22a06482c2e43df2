package io.perdure.protocol.packet;

/** The types of MQTT Control Packets [2.1.2]. */
public enum PacketType {
    CONNECT(1),
    CONNACK(2),
    PUBLISH(3),
    PUBACK(4),
    PUBREC(5),
    PUBREL(6),
    PUBCOMP(7),
    SUBSCRIBE(8),
    SUBACK(9),
    UNSUBSCRIBE(10),
    UNSUBACK(11),
    PINGREQ(12),
    PINGRESP(13),
    DISCONNECT(14),
    AUTH(15);

    private final int code;

    PacketType(int code) {
        this.code = code;
    }

    /** The value in the upper four bits of the fixed header, 1 to 15. */
    public int code() {
        return code;
    }
}
