package io.perdure.recovery.conformance;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A packet that the broker sent, as bytes, and what they mean.
 *
 * @param sizeBytes of the whole packet, fixed header included
 */
record Frame(Protocol version, int firstByte, byte[] body, int sizeBytes) {

    /** A user property. */
    record Pair(String name, String value) {}

    /** The values of each property, in order; a number is a Long. */
    record Properties(Map<Integer, List<Object>> values) {

        boolean has(int id) {
            return values.containsKey(id);
        }

        long number(int id) {
            return (Long) all(id).get(0);
        }

        String text(int id) {
            return (String) all(id).get(0);
        }

        /** All values of a property that may repeat; none if it is not there. */
        List<Object> all(int id) {
            return values.getOrDefault(id, List.of());
        }
    }

    record ConnAck(boolean sessionPresent, int reasonCode, Properties properties) {}

    /** {@code packetId} is 0 at QoS 0. */
    record Publish(
            boolean dup, int qos, boolean retain, String topic, int packetId, Properties properties, byte[] payload) {

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
    record Ack(int packetId, int reasonCode, Properties properties) {}

    /** SUBACK or UNSUBACK. */
    record Codes(int packetId, Properties properties, List<Integer> reasonCodes) {}

    record Disconnect(int reasonCode, Properties properties) {}

    PacketKind kind() {
        return PacketKind.of(firstByte >>> 4);
    }

    ConnAck connAck() {
        check(PacketKind.CONNACK);
        ByteBuffer in = ByteBuffer.wrap(body);
        int flags = in.get();
        if (flags > 1) {
            throw new AssertionError("reserved flags in " + this);
        }
        return new ConnAck(flags == 1, in.get() & 0xFF, restAsProperties(in));
    }

    Publish publish() {
        if (kind() != PacketKind.PUBLISH) {
            throw new AssertionError("not a PUBLISH: " + this);
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        int qos = firstByte >> 1 & 3;
        String topic = text(in);
        int packetId = qos == 0 ? 0 : in.getShort() & 0xFFFF;
        Properties properties = properties(in);
        byte[] payload = new byte[in.remaining()];
        in.get(payload);
        return new Publish((firstByte & 8) != 0, qos, (firstByte & 1) != 0, topic, packetId, properties, payload);
    }

    Ack ack() {
        check(kind());
        ByteBuffer in = ByteBuffer.wrap(body);
        int packetId = in.getShort() & 0xFFFF;
        int reasonCode = in.hasRemaining() ? in.get() & 0xFF : 0;
        return new Ack(packetId, reasonCode, restAsProperties(in));
    }

    Codes codes() {
        check(kind());
        ByteBuffer in = ByteBuffer.wrap(body);
        int packetId = in.getShort() & 0xFFFF;
        Properties properties = properties(in);
        List<Integer> codes = new ArrayList<>();
        while (in.hasRemaining()) {
            codes.add(in.get() & 0xFF);
        }
        return new Codes(packetId, properties, codes);
    }

    Disconnect disconnect() {
        check(PacketKind.DISCONNECT);
        ByteBuffer in = ByteBuffer.wrap(body);
        int reasonCode = in.hasRemaining() ? in.get() & 0xFF : 0;
        return new Disconnect(reasonCode, restAsProperties(in));
    }

    /** The reserved bits of the fixed header are part of what is checked [MQTT-2.2.2-1, 5.0: MQTT-2.1.3-1]. */
    private void check(PacketKind expected) {
        if (firstByte != expected.firstByte()) {
            throw new AssertionError("not a " + expected + ": " + this);
        }
    }

    private Properties restAsProperties(ByteBuffer in) {
        if (!in.hasRemaining()) {
            return new Properties(Map.of());
        }
        Properties properties = properties(in);
        if (in.hasRemaining()) {
            throw new AssertionError(in.remaining() + " bytes too many in " + this);
        }
        return properties;
    }

    private Properties properties(ByteBuffer in) {
        if (version != Protocol.MQTT_5) {
            return new Properties(Map.of());
        }
        int length = variable(in);
        ByteBuffer part = in.slice(in.position(), length);
        in.position(in.position() + length);
        Map<Integer, List<Object>> values = new LinkedHashMap<>();
        while (part.hasRemaining()) {
            int id = variable(part);
            values.computeIfAbsent(id, key -> new ArrayList<>()).add(value(id, part));
        }
        return new Properties(values);
    }

    private static Object value(int id, ByteBuffer in) {
        return switch (id) {
            case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> (long) (in.get() & 0xFF);
            case 0x13, 0x21, 0x22, 0x23 -> (long) (in.getShort() & 0xFFFF);
            case 0x02, 0x11, 0x18, 0x27 -> in.getInt() & 0xFFFF_FFFFL;
            case 0x0B -> (long) variable(in);
            case 0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F -> text(in);
            case 0x09, 0x16 -> HexFormat.of().formatHex(binary(in));
            case 0x26 -> new Pair(text(in), text(in));
            default -> throw new AssertionError("no property has the identifier " + id);
        };
    }

    private static int variable(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift <= 21; shift += 7) {
            int next = in.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new AssertionError("a Variable Byte Integer of more than four bytes");
    }

    private static String text(ByteBuffer in) {
        return new String(binary(in), StandardCharsets.UTF_8);
    }

    private static byte[] binary(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort() & 0xFFFF];
        in.get(bytes);
        return bytes;
    }

    @Override
    public String toString() {
        String hex = HexFormat.ofDelimiter(" ").formatHex(body, 0, Math.min(body.length, 64));
        return kind() + " " + Integer.toHexString(firstByte) + " [" + body.length + "] " + hex;
    }
}
