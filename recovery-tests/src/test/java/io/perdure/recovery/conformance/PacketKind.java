package io.perdure.recovery.conformance;

/** The types of control packets with the first byte that the specifications demand [2.1.2, 2.1.3]. */
enum PacketKind {
    CONNECT(0x10),
    CONNACK(0x20),
    /** Without its flags. */
    PUBLISH(0x30),
    PUBACK(0x40),
    PUBREC(0x50),
    PUBREL(0x62),
    PUBCOMP(0x70),
    SUBSCRIBE(0x82),
    SUBACK(0x90),
    UNSUBSCRIBE(0xA2),
    UNSUBACK(0xB0),
    PINGREQ(0xC0),
    PINGRESP(0xD0),
    DISCONNECT(0xE0),
    /** Only in 5.0. */
    AUTH(0xF0);

    private final int firstByte;

    PacketKind(int firstByte) {
        this.firstByte = firstByte;
    }

    int firstByte() {
        return firstByte;
    }

    static PacketKind of(int type) {
        if (type == 0) {
            throw new AssertionError("packet type 0 is reserved");
        }
        return values()[type - 1];
    }
}
