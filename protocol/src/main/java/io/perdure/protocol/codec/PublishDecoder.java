package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.topic.TopicName;
import org.jspecify.annotations.Nullable;

/** Decodes PUBLISH [3.3]. */
final class PublishDecoder {

    private PublishDecoder() {}

    /**
     * @param firstByte the first byte of the packet, whose flags were checked
     * @param index where the variable header begins
     * @param length the Remaining Length
     */
    static Publish decode(
            ByteBuf buffer,
            int firstByte,
            int index,
            int length,
            MqttVersion version,
            Sender sender,
            DecodeScratch scratch) {
        int qos = firstByte >> 1 & 3;
        WireReader in = scratch.reader();
        // a large packet is not copied as a whole only to copy its payload out of the copy
        boolean whole = buffer.hasArray() || length <= DecodeScratch.COPY_BYTES;
        int headerLength = whole ? length : headerLength(buffer, index, length, qos, version);
        in.begin(buffer, index, headerLength, version);
        TopicName topic = readTopic(in, version, scratch.topicNames());
        int packetId = qos == 0 ? 0 : in.readPacketId();
        MessageProperties properties = scratch.messageProperties();
        if (version.hasProperties()) {
            properties.read(in, Properties.IN_PUBLISH, sender == Sender.CLIENT);
            if (topic == null && properties.topicAlias() == 0) {
                throw in.protocolError("PUBLISH with neither a Topic Name nor a Topic Alias");
            }
        } else {
            properties.clear();
        }
        byte[] payload;
        if (whole) {
            payload = in.remaining() == 0 ? Publish.NO_BYTES : in.readRest();
        } else {
            in.expectEnd();
            payload = new byte[length - headerLength];
            buffer.getBytes(index + headerLength, payload);
        }
        return new Publish(
                qos > 0 && (firstByte & 8) != 0, // at QoS 0 it says nothing in 3.1, and is refused in later versions
                qos,
                (firstByte & 1) != 0,
                topic,
                packetId,
                properties.messageExpiryS(),
                properties.topicAlias(),
                properties.subscriptionIds(),
                properties.forwarded(),
                payload);
    }

    private static @Nullable TopicName readTopic(WireReader in, MqttVersion version, TopicNames names) {
        if (version.hasProperties() && in.nextIsEmpty()) {
            in.readShort();
            return null;
        }
        return in.readTopicName(names);
    }

    /** What comes before the payload, bytes; {@code length} if the packet is shorter than that or malformed. */
    private static int headerLength(ByteBuf buffer, int index, int length, int qos, MqttVersion version) {
        long header = 2L + buffer.getUnsignedShort(index) + (qos == 0 ? 0 : 2);
        if (version.hasProperties()) {
            int propertyLength = 0;
            int b = 0x80;
            for (int shift = 0; b >= 0x80 && shift <= 21 && header < length; shift += 7) {
                b = buffer.getUnsignedByte(index + (int) header++);
                propertyLength |= (b & 0x7F) << shift;
            }
            header += propertyLength;
        }
        return (int) Math.min(header, length);
    }
}
