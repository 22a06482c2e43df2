package io.perdure.protocol.packet;

import static io.perdure.protocol.packet.PacketType.AUTH;
import static io.perdure.protocol.packet.PacketType.CONNACK;
import static io.perdure.protocol.packet.PacketType.DISCONNECT;
import static io.perdure.protocol.packet.PacketType.PUBACK;
import static io.perdure.protocol.packet.PacketType.PUBCOMP;
import static io.perdure.protocol.packet.PacketType.PUBREC;
import static io.perdure.protocol.packet.PacketType.PUBREL;
import static io.perdure.protocol.packet.PacketType.SUBACK;
import static io.perdure.protocol.packet.PacketType.UNSUBACK;

import org.jspecify.annotations.Nullable;

/** The Reason Codes of MQTT 5.0 [2.4], each with the packets that may carry it. */
public enum ReasonCode {
    /** Also Normal disconnection and Granted QoS 0. */
    SUCCESS(0x00, CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH),
    GRANTED_QOS_1(0x01, SUBACK),
    GRANTED_QOS_2(0x02, SUBACK),
    DISCONNECT_WITH_WILL_MESSAGE(0x04, DISCONNECT),
    NO_MATCHING_SUBSCRIBERS(0x10, PUBACK, PUBREC),
    NO_SUBSCRIPTION_EXISTED(0x11, UNSUBACK),
    CONTINUE_AUTHENTICATION(0x18, AUTH),
    RE_AUTHENTICATE(0x19, AUTH),
    UNSPECIFIED_ERROR(0x80, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, DISCONNECT),
    MALFORMED_PACKET(0x81, CONNACK, DISCONNECT),
    PROTOCOL_ERROR(0x82, CONNACK, DISCONNECT),
    IMPLEMENTATION_SPECIFIC_ERROR(0x83, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, DISCONNECT),
    UNSUPPORTED_PROTOCOL_VERSION(0x84, CONNACK),
    CLIENT_IDENTIFIER_NOT_VALID(0x85, CONNACK),
    BAD_USER_NAME_OR_PASSWORD(0x86, CONNACK),
    NOT_AUTHORIZED(0x87, CONNACK, PUBACK, PUBREC, SUBACK, UNSUBACK, DISCONNECT),
    SERVER_UNAVAILABLE(0x88, CONNACK),
    SERVER_BUSY(0x89, CONNACK, DISCONNECT),
    BANNED(0x8A, CONNACK),
    SERVER_SHUTTING_DOWN(0x8B, DISCONNECT),
    BAD_AUTHENTICATION_METHOD(0x8C, CONNACK, DISCONNECT),
    KEEP_ALIVE_TIMEOUT(0x8D, DISCONNECT),
    SESSION_TAKEN_OVER(0x8E, DISCONNECT),
    TOPIC_FILTER_INVALID(0x8F, SUBACK, UNSUBACK, DISCONNECT),
    TOPIC_NAME_INVALID(0x90, CONNACK, PUBACK, PUBREC, DISCONNECT),
    PACKET_IDENTIFIER_IN_USE(0x91, PUBACK, PUBREC, SUBACK, UNSUBACK),
    PACKET_IDENTIFIER_NOT_FOUND(0x92, PUBREL, PUBCOMP),
    RECEIVE_MAXIMUM_EXCEEDED(0x93, DISCONNECT),
    TOPIC_ALIAS_INVALID(0x94, DISCONNECT),
    PACKET_TOO_LARGE(0x95, CONNACK, DISCONNECT),
    MESSAGE_RATE_TOO_HIGH(0x96, DISCONNECT),
    QUOTA_EXCEEDED(0x97, CONNACK, PUBACK, PUBREC, SUBACK, DISCONNECT),
    ADMINISTRATIVE_ACTION(0x98, DISCONNECT),
    PAYLOAD_FORMAT_INVALID(0x99, CONNACK, PUBACK, PUBREC, DISCONNECT),
    RETAIN_NOT_SUPPORTED(0x9A, CONNACK, DISCONNECT),
    QOS_NOT_SUPPORTED(0x9B, CONNACK, DISCONNECT),
    USE_ANOTHER_SERVER(0x9C, CONNACK, DISCONNECT),
    SERVER_MOVED(0x9D, CONNACK, DISCONNECT),
    SHARED_SUBSCRIPTIONS_NOT_SUPPORTED(0x9E, SUBACK, DISCONNECT),
    CONNECTION_RATE_EXCEEDED(0x9F, CONNACK, DISCONNECT),
    MAXIMUM_CONNECT_TIME(0xA0, DISCONNECT),
    SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED(0xA1, SUBACK, DISCONNECT),
    WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED(0xA2, SUBACK, DISCONNECT);

    private static final @Nullable ReasonCode[] BY_CODE = new @Nullable ReasonCode[256];

    static {
        for (ReasonCode reasonCode : values()) {
            BY_CODE[reasonCode.code] = reasonCode;
        }
    }

    private final int code;
    private final int packets;

    ReasonCode(int code, PacketType... packets) {
        this.code = code;
        int mask = 0;
        for (PacketType type : packets) {
            mask |= 1 << type.code();
        }
        this.packets = mask;
    }

    /** The byte, 0 to 255. */
    public int code() {
        return code;
    }

    /** Whether it says that something failed: 0x80 or greater. */
    public boolean isError() {
        return code >= 0x80;
    }

    /** Whether a packet of that type may carry it, from a client or from a server. */
    public boolean validIn(PacketType type) {
        return (packets & (1 << type.code())) != 0;
    }

    /** Whether a packet of that type may carry it if a client sends the packet [MQTT-3.14.2-1], [MQTT-3.15.2-1]. */
    public boolean validFromClient(PacketType type) {
        if (!validIn(type)) {
            return false;
        }
        return switch (type) {
            case DISCONNECT ->
                switch (this) {
                    case SUCCESS,
                            DISCONNECT_WITH_WILL_MESSAGE,
                            UNSPECIFIED_ERROR,
                            MALFORMED_PACKET,
                            PROTOCOL_ERROR,
                            IMPLEMENTATION_SPECIFIC_ERROR,
                            TOPIC_NAME_INVALID,
                            RECEIVE_MAXIMUM_EXCEEDED,
                            TOPIC_ALIAS_INVALID,
                            PACKET_TOO_LARGE,
                            MESSAGE_RATE_TOO_HIGH,
                            QUOTA_EXCEEDED,
                            ADMINISTRATIVE_ACTION,
                            PAYLOAD_FORMAT_INVALID -> true;
                    default -> false;
                };
            case AUTH -> this != SUCCESS;
            case CONNACK, SUBACK, UNSUBACK -> false;
            default -> true;
        };
    }

    /** Whether a packet of that type may carry it if a server sends the packet [MQTT-3.14.2-1], [MQTT-3.15.2-1]. */
    public boolean validFromServer(PacketType type) {
        return validIn(type) && this != DISCONNECT_WITH_WILL_MESSAGE && this != RE_AUTHENTICATE;
    }

    /**
     * The Connect Return code of 3.1 and 3.1.1 that says the same [3.2.2.3].
     *
     * @return 0 to 5, or -1 if there is none: the connection is closed without a CONNACK
     */
    public int connectReturnCode() {
        return switch (this) {
            case SUCCESS -> 0;
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case SERVER_UNAVAILABLE, SERVER_BUSY, QUOTA_EXCEEDED, USE_ANOTHER_SERVER, SERVER_MOVED -> 3;
            case CONNECTION_RATE_EXCEEDED -> 3;
            case BAD_USER_NAME_OR_PASSWORD, BAD_AUTHENTICATION_METHOD -> 4;
            case NOT_AUTHORIZED, BANNED -> 5;
            default -> -1;
        };
    }

    /** What a SUBACK says if a subscription is granted, for QoS 0 to 2. */
    public static ReasonCode granted(int qos) {
        return switch (qos) {
            case 0 -> SUCCESS;
            case 1 -> GRANTED_QOS_1;
            case 2 -> GRANTED_QOS_2;
            default -> throw new IllegalArgumentException("QoS " + qos);
        };
    }

    /** The Reason Code with that byte; null if there is none. */
    public static @Nullable ReasonCode of(int code) {
        return BY_CODE[code & 0xFF];
    }
}
