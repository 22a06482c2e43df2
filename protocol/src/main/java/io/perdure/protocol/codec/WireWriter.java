package io.perdure.protocol.codec;

import io.perdure.protocol.packet.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes the data types of MQTT [1.5] into memory that grows; for packets that are rare. One thread. */
final class WireWriter {

    private byte[] bytes = new byte[64];
    private int size;

    byte[] bytes() {
        return bytes;
    }

    int size() {
        return size;
    }

    WireWriter writeByte(int value) {
        reserve(1);
        bytes[size++] = (byte) value;
        return this;
    }

    WireWriter writeShort(int value) {
        return writeByte(value >> 8).writeByte(value);
    }

    WireWriter writeInt(long value) {
        return writeShort((int) (value >> 16)).writeShort((int) value);
    }

    WireWriter writeVariableByteInteger(int value) {
        int rest = value;
        while (rest > 0x7F) {
            writeByte(rest | 0x80);
            rest >>>= 7;
        }
        return writeByte(rest);
    }

    /** Two bytes of length and the bytes. */
    WireWriter writeBinary(byte[] value) {
        if (value.length > 65_535) {
            throw new IllegalArgumentException("a field of " + value.length + " bytes; 65535 is the most");
        }
        return writeShort(value.length).writeBytes(value, value.length);
    }

    WireWriter writeString(String value) {
        return writeBinary(value.getBytes(StandardCharsets.UTF_8));
    }

    WireWriter writeBytes(byte[] value, int length) {
        reserve(length);
        System.arraycopy(value, 0, bytes, size, length);
        size += length;
        return this;
    }

    /** Properties written apart, with their length in front. */
    WireWriter writeProperties(WireWriter properties) {
        return writeVariableByteInteger(properties.size).writeBytes(properties.bytes, properties.size);
    }

    WireWriter byteProperty(int id, int value) {
        return writeByte(id).writeByte(value);
    }

    WireWriter shortProperty(int id, int value) {
        return writeByte(id).writeShort(value);
    }

    WireWriter intProperty(int id, long value) {
        return writeByte(id).writeInt(value);
    }

    /** Nothing if the value is null. */
    WireWriter stringProperty(int id, @Nullable String value) {
        return value == null ? this : writeByte(id).writeString(value);
    }

    /** Nothing if the value is null. */
    WireWriter binaryProperty(int id, byte @Nullable [] value) {
        return value == null ? this : writeByte(id).writeBinary(value);
    }

    WireWriter userProperties(List<UserProperty> properties) {
        for (UserProperty property : properties) {
            writeByte(Properties.USER_PROPERTY).writeString(property.name()).writeString(property.value());
        }
        return this;
    }

    private void reserve(int count) {
        if (count > bytes.length - size) {
            bytes = Arrays.copyOf(bytes, Math.max(size + count, bytes.length * 2));
        }
    }
}
