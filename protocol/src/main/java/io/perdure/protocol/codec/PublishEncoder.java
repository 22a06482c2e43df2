package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.packet.MqttVersion;

/** Puts a PUBLISH into a buffer without a packet object; the hot path. Stateless; any thread. */
public final class PublishEncoder {

    private static final int NO_PROPERTIES = -1;

    private PublishEncoder() {}

    /**
     * The size of the packet that {@link #encode} would append, bytes, fixed header included. Before 5.0 Topic Alias, expiry,
     * Subscription Identifiers and properties count nothing.
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
        long propertyBytes = version.hasProperties()
                ? propertyBytes(topicAlias, messageExpiryS, subscriptionIds, properties)
                : NO_PROPERTIES;
        long length = remainingLength(qos, topic, propertyBytes, payload);
        return 1 + VariableByteInteger.sizeBytes((int) Math.min(length, Integer.MAX_VALUE)) + length;
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
        boolean hasProperties = version.hasProperties();
        int propertyBytes = hasProperties
                ? (int) propertyBytes(topicAlias, messageExpiryS, subscriptionIds, properties)
                : NO_PROPERTIES;
        int length = (int) remainingLength(qos, topic, propertyBytes, payload);
        out.ensureWritable(5 + length);
        int firstByte = 0x30 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0);
        writeStart(out, firstByte, length, topic.length);
        out.writeBytes(topic);
        if (qos > 0) {
            out.writeShort(packetId);
        }
        if (hasProperties) {
            writeVariableByteInteger(out, propertyBytes);
            if (propertyBytes > 0) {
                writeProperties(out, topicAlias, messageExpiryS, subscriptionIds, properties);
            }
        }
        out.writeBytes(payload);
    }

    private static long propertyBytes(int topicAlias, long messageExpiryS, int[] subscriptionIds, byte[] properties) {
        long size = properties.length;
        if (topicAlias != 0) {
            size += 3;
        }
        if (messageExpiryS >= 0) {
            size += 5;
        }
        for (int id : subscriptionIds) {
            size += 1 + VariableByteInteger.sizeBytes(id);
        }
        return size;
    }

    /** @param propertyBytes {@link #NO_PROPERTIES} if the version has none */
    private static long remainingLength(int qos, byte[] topic, long propertyBytes, byte[] payload) {
        long length = 2L + topic.length + payload.length;
        if (qos > 0) {
            length += 2;
        }
        if (propertyBytes != NO_PROPERTIES) {
            length += VariableByteInteger.sizeBytes((int) Math.min(propertyBytes, Integer.MAX_VALUE)) + propertyBytes;
        }
        return length;
    }

    /** The fixed header and the length of the Topic Name, in as few writes as may be. */
    private static void writeStart(ByteBuf out, int firstByte, int length, int topicLength) {
        if (length < 1 << 7) {
            out.writeInt(firstByte << 24 | length << 16 | topicLength);
        } else if (length < 1 << 14) {
            out.writeByte(firstByte);
            out.writeInt(((length & 0x7F) | 0x80) << 24 | length >> 7 << 16 | topicLength);
        } else {
            out.writeByte(firstByte);
            writeVariableByteInteger(out, length);
            out.writeShort(topicLength);
        }
    }

    private static void writeProperties(
            ByteBuf out, int topicAlias, long messageExpiryS, int[] subscriptionIds, byte[] properties) {
        if (messageExpiryS >= 0) {
            out.writeByte(Properties.MESSAGE_EXPIRY_INTERVAL);
            out.writeInt((int) messageExpiryS);
        }
        if (topicAlias != 0) {
            out.writeMedium(Properties.TOPIC_ALIAS << 16 | topicAlias);
        }
        for (int id : subscriptionIds) {
            out.writeByte(Properties.SUBSCRIPTION_IDENTIFIER);
            writeVariableByteInteger(out, id);
        }
        out.writeBytes(properties);
    }

    static void writeVariableByteInteger(ByteBuf out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.writeByte(rest);
    }
}
