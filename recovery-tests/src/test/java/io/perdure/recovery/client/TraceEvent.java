package io.perdure.recovery.client;

import java.util.Locale;

/**
 * One thing that happened to a client.
 *
 * @param timeNs {@link System#nanoTime}
 * @param connection number of the client's connection, from 1
 * @param packetId 0 where there is none; of CONNECT the Receive Maximum
 * @param qos of PUBLISH, will and subscription
 * @param flag RETAIN of PUBLISH and will; Session Present of CONNACK; Clean Start of CONNECT
 * @param fresh of a received PUBLISH: it was handed to the application, being no repetition by Packet Identifier
 * @param text Topic Name, Topic Filter, or why a connection ended
 * @param message key of the {@link Payload}; {@link Payload#FOREIGN} where there is none
 * @param seconds Message Expiry Interval, Session Expiry Interval or Will Delay Interval; -1 if there is none
 */
public record TraceEvent(
        long timeNs,
        int connection,
        Kind kind,
        int packetId,
        int qos,
        boolean dup,
        boolean flag,
        boolean fresh,
        int reasonCode,
        String text,
        long message,
        long seconds) {

    /** The text of {@link Kind#CLOSED} where the broker had closed, and all that it had sent was read. */
    public static final String CLOSED_BY_BROKER = "closed by the broker";

    /** What happened. {@code OUT} is from the client to the broker. */
    public enum Kind {
        CONNECT_OUT,
        WILL_OUT,
        CONNACK_IN,
        PUBLISH_OUT,
        PUBLISH_IN,
        PUBACK_OUT,
        PUBACK_IN,
        PUBREC_OUT,
        PUBREC_IN,
        PUBREL_OUT,
        PUBREL_IN,
        PUBCOMP_OUT,
        PUBCOMP_IN,
        SUBSCRIBE_OUT,
        SUBACK_IN,
        UNSUBSCRIBE_OUT,
        UNSUBACK_IN,
        PINGREQ_OUT,
        PINGRESP_IN,
        DISCONNECT_OUT,
        DISCONNECT_IN,
        /** The session was not present: an unacknowledged message was dropped. */
        DISCARDED,
        /** The broker sent something malformed. */
        VIOLATION,
        /** The connection is gone. */
        CLOSED
    }

    /** An event with nothing but a kind and a text. */
    public static TraceEvent of(long timeNs, int connection, Kind kind, String text) {
        return new TraceEvent(timeNs, connection, kind, 0, 0, false, false, false, 0, text, Payload.FOREIGN, -1);
    }

    /** A step of an acknowledgement. */
    public static TraceEvent ack(long timeNs, int connection, Kind kind, int packetId, int reasonCode) {
        return new TraceEvent(
                timeNs, connection, kind, packetId, 0, false, false, false, reasonCode, "", Payload.FOREIGN, -1);
    }

    /** A PUBLISH, a will or a discarded message. */
    public static TraceEvent message(
            long timeNs, int connection, Kind kind, Packet.Publish publish, long message, boolean fresh) {
        return new TraceEvent(
                timeNs,
                connection,
                kind,
                publish.packetId(),
                publish.qos(),
                publish.dup(),
                publish.retain(),
                fresh,
                0,
                publish.topic(),
                message,
                publish.properties().number(Properties.MESSAGE_EXPIRY, -1));
    }

    /**
     * One line.
     *
     * @param originNs what is printed as time 0
     */
    public String toString(long originNs) {
        StringBuilder line = new StringBuilder();
        line.append(String.format(Locale.ROOT, "%+12.6f c%d %s", (timeNs - originNs) / 1e9, connection, kind));
        if (packetId != 0 && kind != Kind.CONNECT_OUT) {
            line.append(" id=").append(packetId);
        }
        switch (kind) {
            case PUBLISH_IN, PUBLISH_OUT, WILL_OUT, DISCARDED ->
                line.append(" QoS ").append(qos);
            case SUBSCRIBE_OUT -> line.append(" QoS ").append(qos);
            case CONNECT_OUT ->
                line.append(flag ? " clean" : " resume")
                        .append(", receive maximum ")
                        .append(packetId);
            case CONNACK_IN -> line.append(flag ? " session present" : " no session");
            default -> {}
        }
        if (dup) {
            line.append(" DUP");
        }
        if (flag && (kind == Kind.PUBLISH_IN || kind == Kind.PUBLISH_OUT || kind == Kind.WILL_OUT)) {
            line.append(" RETAIN");
        }
        if (kind == Kind.PUBLISH_IN && !fresh) {
            line.append(" (known id)");
        }
        if (reasonCode != 0) {
            line.append(String.format(" 0x%02X", reasonCode));
        }
        if (message != Payload.FOREIGN) {
            line.append(' ').append(Payload.name(message));
        }
        if (!text.isEmpty()) {
            line.append(' ').append(text);
        }
        if (seconds >= 0) {
            line.append(' ').append(seconds).append(" s");
        }
        return line.toString();
    }
}
