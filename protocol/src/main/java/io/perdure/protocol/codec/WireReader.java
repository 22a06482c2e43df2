package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.protocol.topic.InvalidTopicNameException;
import io.perdure.protocol.topic.TopicName;
import io.perdure.protocol.topic.Utf8;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the data types of MQTT [1.5] from what follows the fixed header of one packet, within its bounds.
 *
 * <p>One thread; reused for one packet after the other. Works on a plain array: that of the buffer, or a copy.
 */
final class WireReader {

    /**
     * Topic Filters, User Properties, Subscription Identifiers and Reason Codes that one packet may hold. Each of them
     * takes some bytes on the wire and up to some 150 on the heap: without a bound a packet that is small enough could
     * take twenty times its size.
     */
    static final int MAXIMUM_ELEMENTS = 32_768;

    private static final byte[] NO_BYTES = {};

    private final byte[] copy = new byte[DecodeScratch.COPY_BYTES];
    private byte[] bytes = NO_BYTES;
    private int position;
    private int end;
    private int endOfPacket;
    private boolean inProperties;
    private @Nullable MqttVersion version;
    private long seenProperties;
    private int elements;

    /**
     * Begins a packet.
     *
     * @param version for errors; null while it is not known
     */
    void begin(ByteBuf in, int index, int length, @Nullable MqttVersion version) {
        this.version = version;
        elements = 0;
        if (in.hasArray()) {
            bytes = in.array();
            position = in.arrayOffset() + index;
        } else {
            bytes = length <= copy.length ? copy : new byte[length];
            position = 0;
            in.getBytes(index, bytes, 0, length);
        }
        end = position + length;
        endOfPacket = end;
        inProperties = false;
    }

    /** Lets go of the buffer. */
    void end() {
        bytes = NO_BYTES;
        position = 0;
        end = 0;
        endOfPacket = 0;
    }

    void setVersion(MqttVersion version) {
        this.version = version;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    DecodeException malformed(String message) {
        return new DecodeException(ReasonCode.MALFORMED_PACKET, version, message);
    }

    DecodeException protocolError(String message) {
        return new DecodeException(ReasonCode.PROTOCOL_ERROR, version, message);
    }

    DecodeException refused(ReasonCode reasonCode, String message) {
        return new DecodeException(reasonCode, version, message);
    }

    /** Counts something of which a packet may hold many, before it is made. */
    void countElement() {
        if (++elements > MAXIMUM_ELEMENTS) {
            throw refused(
                    ReasonCode.QUOTA_EXCEEDED, "more than " + MAXIMUM_ELEMENTS + " filters or properties in a packet");
        }
    }

    /** Checks that nothing follows. */
    void expectEnd() {
        if (position != end) {
            throw malformed("bytes after the end of the packet");
        }
    }

    int readByte() {
        require(1);
        return bytes[position++] & 0xFF;
    }

    int readShort() {
        require(2);
        int value = (bytes[position] & 0xFF) << 8 | (bytes[position + 1] & 0xFF);
        position += 2;
        return value;
    }

    /** A Four Byte Integer, 0 to 0xFFFFFFFF. */
    long readInt() {
        return (long) readShort() << 16 | readShort();
    }

    /** A Packet Identifier [MQTT-2.2.1-3]. */
    int readPacketId() {
        int packetId = readShort();
        if (packetId == 0) {
            throw protocolError("Packet Identifier 0");
        }
        return packetId;
    }

    /** A Variable Byte Integer in its shortest form [MQTT-1.5.5-1]. */
    int readVariableByteInteger() {
        int value = 0;
        for (int shift = 0; shift <= 21; shift += 7) {
            int b = readByte();
            value |= (b & 0x7F) << shift;
            if (b < 0x80) {
                if (b == 0 && shift > 0) {
                    throw malformed("Variable Byte Integer that is longer than needed");
                }
                return value;
            }
        }
        throw malformed("Variable Byte Integer of more than 4 bytes");
    }

    byte[] readBinary() {
        int length = readLength();
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    String readString() {
        int from = skipString();
        return from == position ? "" : new String(bytes, from, position - from, StandardCharsets.UTF_8);
    }

    /** Checks a UTF-8 Encoded String and goes past it; returns where its bytes begin. */
    int skipString() {
        int length = readLength();
        int from = position;
        position += length;
        if (!Utf8.isValid(bytes, from, position)) {
            throw malformed("string that is not well-formed UTF-8 or holds U+0000");
        }
        return from;
    }

    void skipBinary() {
        int length = readLength();
        position += length;
    }

    /** A Topic Name, not empty. */
    TopicName readTopicName(TopicNames names) {
        int length = readLength();
        position += length;
        try {
            return names.get(bytes, position - length, length);
        } catch (InvalidTopicNameException e) {
            throw switch (e.fault()) {
                case EMPTY, TOO_LONG, WILDCARD -> refused(ReasonCode.TOPIC_NAME_INVALID, e.getMessage());
                case MALFORMED -> malformed(e.getMessage());
            };
        }
    }

    /** Whether a string of length 0 follows. */
    boolean nextIsEmpty() {
        return remaining() >= 2 && bytes[position] == 0 && bytes[position + 1] == 0;
    }

    /** The rest of the packet. */
    byte[] readRest() {
        int from = position;
        position = end;
        return Arrays.copyOfRange(bytes, from, end);
    }

    /** For a packet without properties. */
    void clearProperties() {
        seenProperties = 0;
    }

    /** Begins a list of properties; returns the position where it ends. Until {@link #hasProperty} says so, nothing behind is read. */
    int beginProperties() {
        int length = readVariableByteInteger();
        require(length);
        seenProperties = 0;
        end = position + length;
        inProperties = true;
        return end;
    }

    /**
     * The next Property Identifier.
     *
     * @param allowed those that the packet may hold
     */
    int readPropertyId(long allowed) {
        int id = readVariableByteInteger();
        if (id >= Long.SIZE || (allowed & Properties.bit(id)) == 0) {
            throw malformed("property " + id + " is not allowed here");
        }
        if ((seenProperties & Properties.bit(id)) != 0
                && id != Properties.USER_PROPERTY
                && id != Properties.SUBSCRIPTION_IDENTIFIER) {
            throw protocolError("property " + id + " more than once");
        }
        seenProperties |= Properties.bit(id);
        return id;
    }

    /** Whether the property was in the list that was read last. */
    boolean sawProperty(int id) {
        return (seenProperties & Properties.bit(id)) != 0;
    }

    /** Whether another property follows. */
    boolean hasProperty() {
        if (position < end) {
            return true;
        }
        end = endOfPacket;
        inProperties = false;
        return false;
    }

    /** A byte that must be 0 or 1. */
    boolean readBoolean(int propertyId) {
        int value = readByte();
        if (value > 1) {
            throw protocolError("property " + propertyId + " is neither 0 nor 1");
        }
        return value == 1;
    }

    /** A Two Byte Integer that must not be 0. */
    int readNonZeroShort(int propertyId) {
        int value = readShort();
        if (value == 0) {
            throw protocolError("property " + propertyId + " is 0");
        }
        return value;
    }

    /** A Four Byte Integer that must not be 0. */
    long readNonZeroInt(int propertyId) {
        long value = readInt();
        if (value == 0) {
            throw protocolError("property " + propertyId + " is 0");
        }
        return value;
    }

    /** A Subscription Identifier, 1 to 268,435,455. */
    int readSubscriptionId() {
        countElement();
        int value = readVariableByteInteger();
        if (value == 0) {
            throw protocolError("Subscription Identifier 0");
        }
        return value;
    }

    /** A User Property, added to a list that is made when it is needed. */
    List<UserProperty> readUserProperty(List<UserProperty> properties) {
        countElement();
        List<UserProperty> result = properties.isEmpty() ? new ArrayList<>() : properties;
        result.add(new UserProperty(readString(), readString()));
        return result;
    }

    private int readLength() {
        int length = readShort();
        require(length);
        return length;
    }

    private void require(int length) {
        if (length > end - position) {
            throw malformed(
                    inProperties
                            ? "property that goes beyond the Property Length"
                            : "packet that is shorter than what it holds");
        }
    }
}
