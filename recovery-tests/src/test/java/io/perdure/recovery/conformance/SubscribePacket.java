package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;

import java.util.ArrayList;
import java.util.List;

/** Builds a SUBSCRIBE or an UNSUBSCRIBE with any number of filters, or none. */
final class SubscribePacket {

    /** Subscription Options of 5.0, to be added to the QoS [3.8.3.1]. */
    static final int NO_LOCAL = 0x04;

    static final int RETAIN_AS_PUBLISHED = 0x08;
    static final int RETAIN_IF_NEW = 0x10;
    static final int RETAIN_NEVER = 0x20;

    private final Protocol version;
    private final PacketKind kind;
    private final int packetId;
    private final List<byte[]> entries = new ArrayList<>();
    private byte[] properties = new byte[0];
    private int flags = 2;

    private SubscribePacket(Protocol version, PacketKind kind, int packetId) {
        this.version = version;
        this.kind = kind;
        this.packetId = packetId;
    }

    static SubscribePacket subscribe(Protocol version, int packetId) {
        return new SubscribePacket(version, PacketKind.SUBSCRIBE, packetId);
    }

    static SubscribePacket unsubscribe(Protocol version, int packetId) {
        return new SubscribePacket(version, PacketKind.UNSUBSCRIBE, packetId);
    }

    /** A filter of a SUBSCRIBE. */
    SubscribePacket filter(String filter, int options) {
        entries.add(join(text(filter), u8(options)));
        return this;
    }

    /** A filter of an UNSUBSCRIBE, or one of a SUBSCRIBE that lacks its options. */
    SubscribePacket filter(String filter) {
        entries.add(text(filter));
        return this;
    }

    /** A filter of these bytes, whatever they are; with options in a SUBSCRIBE. */
    SubscribePacket filter(byte[] utf8) {
        entries.add(kind == PacketKind.SUBSCRIBE ? join(binary(utf8), u8(0)) : binary(utf8));
        return this;
    }

    /** Only in 5.0; each as the functions of {@link Bytes} make it. */
    SubscribePacket properties(byte[]... all) {
        properties = join(properties, join(all));
        return this;
    }

    SubscribePacket subscriptionId(int id) {
        return properties(join(u8(Property.SUBSCRIPTION_ID), Bytes.variable(id)));
    }

    /** The lower half of the first byte, instead of 2. */
    SubscribePacket flags(int value) {
        flags = value;
        return this;
    }

    byte[] bytes() {
        return packet(
                (kind.firstByte() & 0xF0) | flags,
                u16(packetId),
                Peer.properties(version, properties),
                join(entries.toArray(new byte[0][])));
    }
}
