package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/** The first byte of a packet: its type and flags [2.1]. */
final class FixedHeader {

    private static final PacketType[] TYPES = PacketType.values();

    /** How a client begins that was told to use TLS; worth a word of its own, since people set that up by mistake. */
    private static final int TLS_HANDSHAKE = 0x16;

    private FixedHeader() {}

    /** The first byte of a packet whose flags are fixed [MQTT-2.1.3-1]. */
    static int firstByte(PacketType type) {
        int flags =
                switch (type) {
                    case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> 2;
                    default -> 0;
                };
        return type.code() << 4 | flags;
    }

    /**
     * Checks whether a packet with this first byte may come now.
     *
     * @param version of the connection; null before CONNECT
     * @return the type
     */
    static PacketType check(int firstByte, Sender sender, @Nullable MqttVersion version) {
        int code = firstByte >> 4;
        if (version == null && sender == Sender.CLIENT && code != PacketType.CONNECT.code()) {
            throw new DecodeException(ReasonCode.PROTOCOL_ERROR, null, "the first packet is not a CONNECT");
        }
        if (version == null && firstByte == TLS_HANDSHAKE) {
            throw new DecodeException(ReasonCode.MALFORMED_PACKET, null, "TLS, where MQTT without TLS is spoken");
        }
        if (code == 0) {
            throw new DecodeException(ReasonCode.MALFORMED_PACKET, version, "packet type 0");
        }
        PacketType type = TYPES[code - 1];
        if (type == PacketType.PUBLISH) {
            checkPublish(firstByte, version);
        } else if (firstByte != firstByte(type) && !areUnused(firstByte, type, version)) {
            throw new DecodeException(ReasonCode.MALFORMED_PACKET, version, "reserved flags of " + type + " are set");
        }
        boolean bySender =
                switch (type) {
                    case PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP -> true;
                    case CONNECT, SUBSCRIBE, UNSUBSCRIBE, PINGREQ -> sender == Sender.CLIENT;
                    case CONNACK, SUBACK, UNSUBACK, PINGRESP -> sender == Sender.SERVER;
                    case DISCONNECT -> sender == Sender.CLIENT || version == MqttVersion.V5;
                    case AUTH -> version == MqttVersion.V5;
                };
        // the first packet of a client is a CONNECT, and the only one [MQTT-3.1.0-1], [MQTT-3.1.0-2]
        if (!bySender || (version == null) != (type == PacketType.CONNECT)) {
            throw new DecodeException(ReasonCode.PROTOCOL_ERROR, version, type + " is not expected");
        }
        return type;
    }

    /**
     * Whether flags that are set mean nothing, or nothing that matters: in 3.1 a sender may set DUP on what it sends
     * again, RETAIN is used in PUBLISH alone, and of the flags of the packets that have no QoS none is used. Those of a
     * CONNECT are for {@link #checkConnect}: only what it holds tells its version.
     */
    private static boolean areUnused(int firstByte, PacketType type, @Nullable MqttVersion version) {
        if (version != MqttVersion.V3_1) {
            return version == null && type == PacketType.CONNECT;
        }
        return switch (type) {
            case PUBREL, SUBSCRIBE, UNSUBSCRIBE -> (firstByte & 6) == 2;
            default -> true;
        };
    }

    /** Checks the flags of a CONNECT, now that its version is known. */
    static void checkConnect(int firstByte, MqttVersion version) {
        if (version != MqttVersion.V3_1 && firstByte != firstByte(PacketType.CONNECT)) {
            throw new DecodeException(ReasonCode.MALFORMED_PACKET, version, "reserved flags of CONNECT are set");
        }
    }

    private static void checkPublish(int firstByte, @Nullable MqttVersion version) {
        int qos = firstByte >> 1 & 3;
        if (qos == 3) {
            throw new DecodeException(ReasonCode.MALFORMED_PACKET, version, "QoS 3"); // [MQTT-3.3.1-4]
        }
        if (qos == 0 && (firstByte & 8) != 0 && version != MqttVersion.V3_1) {
            throw new DecodeException(ReasonCode.PROTOCOL_ERROR, version, "DUP at QoS 0"); // [MQTT-3.3.1-2]
        }
    }
}
