package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.packet.MqttVersion;

/** Puts a PUBLISH into a buffer without a packet object; the hot path. Stateless; any thread. */
@SuppressWarnings("DoNotCallSuggester")
public final class PublishEncoder {

    private PublishEncoder() {}

    /**
     * The size of the packet that {@link #encode} would append, bytes, fixed header included. In 3.1.1 what follows
     * {@code qos}, except the payload, counts nothing.
     *
     * @param topic the UTF-8 bytes of the Topic Name; empty if a Topic Alias stands for it
     * @param topicAlias 0 if there is none
     * @param messageExpiryS -1 if there is none
     */
    public static long sizeBytes(
            MqttVersion version,
            int qos,
            byte[] topic,
            int topicAlias,
            long messageExpiryS,
            int[] subscriptionIds,
            byte[] properties,
            byte[] payload) {
        throw new UnsupportedOperationException();
    }

    /**
     * Appends a PUBLISH. Nothing is checked: the caller answers for the fields, and for the size (at most {@link
     * io.perdure.protocol.packet.Packet#LARGEST_BYTES}, and what the peer takes [MQTT-3.1.2-24]).
     *
     * @param topic the UTF-8 bytes of the Topic Name; empty if a Topic Alias stands for it
     * @param topicAlias 0 if there is none
     * @param packetId 0 at QoS 0
     * @param messageExpiryS -1 if there is none
     * @param properties as {@link io.perdure.protocol.packet.Publish#properties}
     */
    public static void encode(
            ByteBuf out,
            MqttVersion version,
            boolean dup,
            int qos,
            boolean retain,
            byte[] topic,
            int topicAlias,
            int packetId,
            long messageExpiryS,
            int[] subscriptionIds,
            byte[] properties,
            byte[] payload) {
        throw new UnsupportedOperationException();
    }
}
