package io.perdure.recovery.client;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A control packet. Reason codes are 0 and properties empty where the version or the packet has none. */
public sealed interface Packet {

    /**
     * CONNECT.
     *
     * @param will null if there is none
     */
    record Connect(
            Version version,
            String clientId,
            boolean cleanStart,
            int keepAliveS,
            @Nullable WillMessage will,
            Properties properties)
            implements Packet {}

    record ConnAck(boolean sessionPresent, int reasonCode, Properties properties) implements Packet {}

    /**
     * PUBLISH.
     *
     * @param packetId 0 at QoS 0
     */
    record Publish(
            boolean dup, int qos, boolean retain, String topic, int packetId, Properties properties, byte[] payload)
            implements Packet {

        Publish withPacketId(int id) {
            return new Publish(dup, qos, retain, topic, id, properties, payload);
        }

        Publish withTopic(String resolved) {
            return new Publish(dup, qos, retain, resolved, packetId, properties, payload);
        }

        Publish asDuplicate() {
            return new Publish(true, qos, retain, topic, packetId, properties, payload);
        }
    }

    /**
     * PUBACK, PUBREC, PUBREL or PUBCOMP.
     *
     * @param again whether it is a PUBREL that is sent again, which 3.1 marks by DUP
     */
    record Ack(Step step, int packetId, int reasonCode, boolean again) implements Packet {

        Ack(Step step, int packetId, int reasonCode) {
            this(step, packetId, reasonCode, false);
        }
    }

    /** The four packets that share one layout. */
    enum Step {
        PUBACK(4, 0),
        PUBREC(5, 0),
        PUBREL(6, 2),
        PUBCOMP(7, 0);

        final int type;
        final int flags;

        Step(int type, int flags) {
            this.type = type;
            this.flags = flags;
        }
    }

    record Subscribe(int packetId, List<Filter> filters, Properties properties) implements Packet {}

    /** One line of a SUBSCRIBE. The last three are of 5.0. */
    record Filter(String filter, int qos, boolean noLocal, boolean retainAsPublished, int retainHandling) {

        public Filter(String filter, int qos) {
            this(filter, qos, false, false, 0);
        }
    }

    record SubAck(int packetId, List<Integer> reasonCodes) implements Packet {}

    record Unsubscribe(int packetId, List<String> filters) implements Packet {}

    /**
     * UNSUBACK.
     *
     * @param reasonCodes empty before 5.0
     */
    record UnsubAck(int packetId, List<Integer> reasonCodes) implements Packet {}

    record PingReq() implements Packet {}

    record PingResp() implements Packet {}

    record Disconnect(int reasonCode, Properties properties) implements Packet {}
}
