package io.perdure.recovery.client;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Packets to bytes; what only a broker sends is encoded too, for the tests of the reader. For one thread. */
public final class PacketWriter {

    private final Version version;
    private ByteArrayOutputStream body = new ByteArrayOutputStream();

    public PacketWriter(Version version) {
        this.version = version;
    }

    public byte[] encode(Packet packet) {
        body = new ByteArrayOutputStream();
        int firstByte = encodeBody(packet);
        ByteArrayOutputStream whole = new ByteArrayOutputStream(body.size() + 5);
        whole.write(firstByte);
        variable(whole, body.size());
        whole.writeBytes(body.toByteArray());
        return whole.toByteArray();
    }

    /** Writes what follows the fixed header; the result is the header's first byte. */
    private int encodeBody(Packet packet) {
        if (packet instanceof Packet.Connect connect) {
            connect(connect);
            return 0x10;
        } else if (packet instanceof Packet.ConnAck connAck) {
            body.write(connAck.sessionPresent() && version != Version.V3_1 ? 1 : 0);
            body.write(connAck.reasonCode());
            properties(connAck.properties());
            return 0x20;
        } else if (packet instanceof Packet.Publish publish) {
            return publish(publish);
        } else if (packet instanceof Packet.Ack ack) {
            twoBytes(ack.packetId());
            if (version == Version.V5 && ack.reasonCode() != 0) {
                body.write(ack.reasonCode());
            }
            int dup = ack.again() && version == Version.V3_1 ? 8 : 0;
            return ack.step().type << 4 | ack.step().flags | dup;
        } else if (packet instanceof Packet.Subscribe subscribe) {
            subscribe(subscribe);
            return 0x82;
        } else if (packet instanceof Packet.SubAck subAck) {
            codes(subAck.packetId(), subAck.reasonCodes());
            return 0x90;
        } else if (packet instanceof Packet.Unsubscribe unsubscribe) {
            twoBytes(unsubscribe.packetId());
            properties(Properties.NONE);
            unsubscribe.filters().forEach(this::text);
            return 0xA2;
        } else if (packet instanceof Packet.UnsubAck unsubAck) {
            codes(unsubAck.packetId(), unsubAck.reasonCodes());
            return 0xB0;
        } else if (packet instanceof Packet.PingReq) {
            return 0xC0;
        } else if (packet instanceof Packet.PingResp) {
            return 0xD0;
        } else if (packet instanceof Packet.Disconnect disconnect) {
            if (version == Version.V5) {
                body.write(disconnect.reasonCode());
                properties(disconnect.properties());
            }
            return 0xE0;
        }
        throw new AssertionError(packet);
    }

    private void connect(Packet.Connect connect) {
        WillMessage will = connect.will();
        text(version.protocolName());
        body.write(version.level());
        int flags = connect.cleanStart() ? 2 : 0;
        if (will != null) {
            flags |= 4 | will.qos() << 3 | (will.retain() ? 0x20 : 0);
        }
        body.write(flags);
        twoBytes(connect.keepAliveS());
        properties(connect.properties());
        text(connect.clientId());
        if (will != null) {
            properties(
                    will.delayS() == 0 ? Properties.NONE : Properties.NONE.with(Properties.WILL_DELAY, will.delayS()));
            text(will.topic());
            binary(will.payload());
        }
    }

    private int publish(Packet.Publish publish) {
        text(publish.topic());
        if (publish.qos() > 0) {
            twoBytes(publish.packetId());
        }
        properties(publish.properties());
        body.writeBytes(publish.payload());
        return 0x30 | (publish.dup() ? 8 : 0) | publish.qos() << 1 | (publish.retain() ? 1 : 0);
    }

    private void subscribe(Packet.Subscribe subscribe) {
        twoBytes(subscribe.packetId());
        properties(subscribe.properties());
        for (Packet.Filter filter : subscribe.filters()) {
            text(filter.filter());
            int options = filter.qos();
            if (version == Version.V5) {
                options |= (filter.noLocal() ? 4 : 0)
                        | (filter.retainAsPublished() ? 8 : 0)
                        | filter.retainHandling() << 4;
            }
            body.write(options);
        }
    }

    private void codes(int packetId, List<Integer> codes) {
        twoBytes(packetId);
        properties(Properties.NONE);
        codes.forEach(body::write);
    }

    private void properties(Properties properties) {
        if (version != Version.V5) {
            return;
        }
        ByteArrayOutputStream outer = body;
        body = new ByteArrayOutputStream();
        for (Map.Entry<Integer, List<Object>> entry : properties.all().entrySet()) {
            for (Object value : entry.getValue()) {
                body.write(entry.getKey());
                property(entry.getKey(), value);
            }
        }
        byte[] bytes = body.toByteArray();
        body = outer;
        variable(body, bytes.length);
        body.writeBytes(bytes);
    }

    private void property(int id, Object value) {
        Properties.Form form = Properties.form(id);
        if (form == null) {
            throw new IllegalArgumentException("no property " + id);
        }
        switch (form) {
            case BYTE -> body.write(((Long) value).intValue());
            case TWO_BYTES -> twoBytes(((Long) value).intValue());
            case FOUR_BYTES -> {
                twoBytes((int) ((Long) value >>> 16));
                twoBytes(((Long) value).intValue());
            }
            case VARIABLE -> variable(body, ((Long) value).intValue());
            case TEXT -> text((String) value);
            case BINARY -> binary((byte[]) value);
            case TEXT_PAIR -> {
                text(((String[]) value)[0]);
                text(((String[]) value)[1]);
            }
        }
    }

    private void twoBytes(int value) {
        body.write(value >>> 8);
        body.write(value);
    }

    private void text(String text) {
        binary(text.getBytes(StandardCharsets.UTF_8));
    }

    private void binary(byte[] bytes) {
        twoBytes(bytes.length);
        body.writeBytes(bytes);
    }

    private static void variable(ByteArrayOutputStream out, int value) {
        int rest = value;
        while (rest > 0x7F) {
            out.write((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write(rest);
    }
}
