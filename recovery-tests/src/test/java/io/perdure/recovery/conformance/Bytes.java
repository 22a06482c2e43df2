package io.perdure.recovery.conformance;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Parts of packets, put together byte by byte: nothing stops a test from writing what is not allowed. */
final class Bytes {

    private Bytes() {}

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Bytes in hexadecimal; blanks are left out. */
    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static byte[] u8(int value) {
        return new byte[] {(byte) value};
    }

    static byte[] u16(int value) {
        return new byte[] {(byte) (value >>> 8), (byte) value};
    }

    static byte[] u32(long value) {
        return join(u16((int) (value >>> 16)), u16((int) value));
    }

    /** A Variable Byte Integer in as few bytes as it takes [5.0: MQTT-1.5.5-1]. */
    static byte[] variable(int value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
        return out.toByteArray();
    }

    /** Binary data behind its length. */
    static byte[] binary(byte... data) {
        return join(u16(data.length), data);
    }

    /** A string behind its length. */
    static byte[] text(String text) {
        return binary(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Properties behind their length. */
    static byte[] properties(byte[]... properties) {
        byte[] all = join(properties);
        return join(variable(all.length), all);
    }

    /** A property that is one byte. */
    static byte[] property8(int id, int value) {
        return join(u8(id), u8(value));
    }

    static byte[] property16(int id, int value) {
        return join(u8(id), u16(value));
    }

    static byte[] property32(int id, long value) {
        return join(u8(id), u32(value));
    }

    static byte[] propertyText(int id, String value) {
        return join(u8(id), text(value));
    }

    static byte[] userProperty(String name, String value) {
        return join(u8(Property.USER), text(name), text(value));
    }

    /** A whole packet: its first byte, its Remaining Length, and its body. */
    static byte[] packet(int firstByte, byte[]... body) {
        byte[] all = join(body);
        return join(u8(firstByte), variable(all.length), all);
    }
}
