package io.perdure.protocol.session;

/**
 * The inbound side of one connection: the Packet Identifiers of the client's QoS 1 and 2 PUBLISH packets that have not
 * been answered to the end, and the server's Receive Maximum.
 *
 * <p>It knows what came on this connection only. QoS 2 identifiers of earlier connections are in the log, which tells a
 * repeat from a new message. Lives and dies with the connection; used by its event loop alone; holds at most as many
 * identifiers as the Receive Maximum.
 */
public final class ReceiveWindow {

    /** What a PUBLISH is. */
    public enum Arrival {
        /** Pass it on. */
        NEW,
        /**
         * A QoS 2 PUBLISH whose identifier is in progress: pass it on too, the log knows it and it is only acknowledged
         * [MQTT-4.3.3-10].
         */
        REPEAT,
        /** A QoS 1 PUBLISH with DUP = 1 that is in progress: drop it, its PUBACK is on the way. */
        IGNORE,
        /** Its identifier is in use by another PUBLISH [MQTT-2.2.1-3]: a protocol error, Reason Code 0x82. */
        PACKET_ID_IN_USE,
        /** More are unanswered than the Receive Maximum allows [MQTT-3.3.4-7]: Reason Code 0x93. */
        RECEIVE_MAXIMUM_EXCEEDED
    }

    private final int receiveMaximum;
    private final PacketIdTable inProgress = new PacketIdTable();

    /** @param receiveMaximum the server's Receive Maximum, 1 to 65535; 65535 before MQTT 5.0, which knows none */
    public ReceiveWindow(int receiveMaximum) {
        if (receiveMaximum < 1 || receiveMaximum > SendWindow.PACKET_IDS) {
            throw new IllegalArgumentException("receiveMaximum " + receiveMaximum);
        }
        this.receiveMaximum = receiveMaximum;
    }

    /**
     * A PUBLISH came.
     *
     * @param packetId 1 to 65535
     * @param qos 1 or 2
     */
    public Arrival publish(int packetId, int qos, boolean dup) {
        long current = inProgress.get(packetId);
        if (current == PacketIdTable.NONE) {
            if (inProgress.size() == receiveMaximum) {
                return Arrival.RECEIVE_MAXIMUM_EXCEEDED;
            }
            inProgress.put(packetId, qos);
            return Arrival.NEW;
        }
        if (current != qos || (qos == 1 && !dup)) {
            return Arrival.PACKET_ID_IN_USE;
        }
        return qos == 2 ? Arrival.REPEAT : Arrival.IGNORE;
    }

    /** PUBACK, PUBCOMP, or a PUBREC with an error is being sent: the identifier is free. Unknown ones are ignored. */
    public void answered(int packetId) {
        inProgress.remove(packetId);
    }

    /** How many are unanswered. */
    public int inProgress() {
        return inProgress.size();
    }
}
