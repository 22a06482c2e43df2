package io.perdure.recovery.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Bytes to the packets that a broker may send, strictly. For one thread. */
public final class PacketReader {

    private final Version version;
    private final InputStream in;
    private ByteBuffer body = ByteBuffer.allocate(0);

    /**
     * A reader of one connection.
     *
     * @param in should be buffered
     */
    public PacketReader(Version version, InputStream in) {
        this.version = version;
        this.in = in;
    }

    /**
     * Reads the next packet, blocking.
     *
     * @throws EOFException if the stream ends
     * @throws ProtocolViolation if a broker must not send this
     */
    public Packet read() throws IOException {
        int first = in.read();
        if (first < 0) {
            throw new EOFException(TraceEvent.CLOSED_BY_BROKER);
        }
        byte[] bytes = in.readNBytes(remainingLength());
        body = ByteBuffer.wrap(bytes);
        int flags = first & 0x0F;
        Packet packet =
                switch (first >>> 4) {
                    case 2 -> connAck(flags);
                    case 3 -> publish(flags);
                    case 4 -> ack(Packet.Step.PUBACK, flags);
                    case 5 -> ack(Packet.Step.PUBREC, flags);
                    case 6 -> ack(Packet.Step.PUBREL, flags);
                    case 7 -> ack(Packet.Step.PUBCOMP, flags);
                    case 9 -> subAck(flags);
                    case 11 -> unsubAck(flags);
                    case 13 -> pingResp(flags);
                    case 14 -> disconnect(flags);
                    default -> throw new ProtocolViolation("packet type " + (first >>> 4) + " from a broker");
                };
        check(!body.hasRemaining(), "bytes after the end of " + packet);
        return packet;
    }

    private int remainingLength() throws IOException {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("closed by the broker within a packet");
            }
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                check(next != 0 || shift == 0, "Remaining Length is not in its shortest form");
                return value;
            }
        }
        throw new ProtocolViolation("Remaining Length of more than four bytes");
    }

    private Packet connAck(int flags) throws ProtocolViolation {
        check(flags == 0, "CONNACK flags");
        int acknowledge = oneByte();
        check(acknowledge <= (version == Version.V3_1 ? 0 : 1), "CONNACK acknowledge flags");
        int code = oneByte();
        check(code == 0 || acknowledge == 0, "Session Present with reason code " + code);
        return new Packet.ConnAck(acknowledge == 1, code, properties());
    }

    private Packet publish(int flags) throws ProtocolViolation {
        int qos = flags >>> 1 & 3;
        boolean dup = (flags & 8) != 0;
        check(qos < 3, "QoS 3");
        check(qos > 0 || !dup, "DUP at QoS 0");
        String topic = text();
        check(topic.indexOf('#') < 0 && topic.indexOf('+') < 0, "wildcard in Topic Name " + topic);
        int packetId = qos == 0 ? 0 : packetId();
        Properties properties = properties();
        check(!topic.isEmpty() || properties.has(Properties.TOPIC_ALIAS), "empty Topic Name");
        byte[] payload = new byte[body.remaining()];
        body.get(payload);
        return new Packet.Publish(dup, qos, (flags & 1) != 0, topic, packetId, properties, payload);
    }

    private Packet ack(Packet.Step step, int flags) throws ProtocolViolation {
        check(flags == step.flags, step + " flags");
        int packetId = packetId();
        int code = 0;
        if (version == Version.V5 && body.hasRemaining()) {
            code = oneByte();
            if (body.hasRemaining()) {
                properties();
            }
        }
        return new Packet.Ack(step, packetId, code);
    }

    private Packet subAck(int flags) throws ProtocolViolation {
        check(flags == 0, "SUBACK flags");
        int packetId = packetId();
        properties();
        List<Integer> codes = codes();
        check(!codes.isEmpty(), "SUBACK without a reason code");
        check(version != Version.V3_1 || codes.stream().allMatch(code -> code <= 2), "SUBACK that refuses in 3.1");
        return new Packet.SubAck(packetId, codes);
    }

    private Packet unsubAck(int flags) throws ProtocolViolation {
        check(flags == 0, "UNSUBACK flags");
        int packetId = packetId();
        if (version != Version.V5) {
            return new Packet.UnsubAck(packetId, List.of());
        }
        properties();
        return new Packet.UnsubAck(packetId, codes());
    }

    private Packet pingResp(int flags) throws ProtocolViolation {
        check(flags == 0, "PINGRESP flags");
        return new Packet.PingResp();
    }

    private Packet disconnect(int flags) throws ProtocolViolation {
        check(flags == 0, "DISCONNECT flags");
        check(version == Version.V5, "DISCONNECT from a broker before 5.0");
        int code = body.hasRemaining() ? oneByte() : 0;
        return new Packet.Disconnect(code, body.hasRemaining() ? properties() : Properties.NONE);
    }

    private List<Integer> codes() {
        List<Integer> codes = new ArrayList<>();
        while (body.hasRemaining()) {
            codes.add(body.get() & 0xFF);
        }
        return codes;
    }

    private Properties properties() throws ProtocolViolation {
        if (version != Version.V5) {
            return Properties.NONE;
        }
        int length = variable();
        check(length <= body.remaining(), "Property Length beyond the packet");
        int end = body.position() + length;
        Properties properties = Properties.NONE;
        while (body.position() < end) {
            int id = variable();
            check(!properties.has(id) || Properties.repeatable(id), "property " + id + " twice");
            properties = properties.with(id, value(id));
        }
        check(body.position() == end, "a property crosses Property Length");
        return properties;
    }

    private Object value(int id) throws ProtocolViolation {
        Properties.Form form = Properties.form(id);
        if (form == null) {
            throw new ProtocolViolation("unknown property " + id);
        }
        return switch (form) {
            case BYTE -> (long) oneByte();
            case TWO_BYTES -> (long) twoBytes();
            case FOUR_BYTES -> (long) twoBytes() << 16 | twoBytes();
            case VARIABLE -> (long) variable();
            case TEXT -> text();
            case BINARY -> binary();
            case TEXT_PAIR -> new String[] {text(), text()};
        };
    }

    private int packetId() throws ProtocolViolation {
        int id = twoBytes();
        check(id != 0, "Packet Identifier 0");
        return id;
    }

    private int oneByte() throws ProtocolViolation {
        check(body.hasRemaining(), "packet too short");
        return body.get() & 0xFF;
    }

    private int twoBytes() throws ProtocolViolation {
        check(body.remaining() >= 2, "packet too short");
        return body.getShort() & 0xFFFF;
    }

    private int variable() throws ProtocolViolation {
        int value = 0;
        for (int shift = 0; shift < 28; shift += 7) {
            int next = oneByte();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new ProtocolViolation("Variable Byte Integer of more than four bytes");
    }

    private byte[] binary() throws ProtocolViolation {
        int length = twoBytes();
        check(length <= body.remaining(), "a string crosses the end of its packet");
        byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    private String text() throws ProtocolViolation {
        byte[] bytes = binary();
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            check(text.indexOf('\0') < 0, "U+0000 in a string");
            return text;
        } catch (CharacterCodingException e) {
            throw new ProtocolViolation("malformed UTF-8");
        }
    }

    private static void check(boolean ok, String what) throws ProtocolViolation {
        if (!ok) {
            throw new ProtocolViolation(what);
        }
    }
}
