package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * Takes the packets of one connection out of its bytes.
 *
 * <p>One thread, the connection's event loop; lives as long as the connection and holds a few words. A packet is within the
 * maximum before it is looked at; decoding it allocates at most some 6 bytes for each of its bytes and some 150 for each
 * Topic Filter, User Property and the like, of which a packet may hold {@link WireReader#MAXIMUM_ELEMENTS}.
 */
public final class Decoder {

    /** Whose packets are decoded. */
    public enum Sender {
        CLIENT,
        SERVER
    }

    private final Sender sender;
    private final DecodeScratch scratch;
    private final long maximumPacketSizeBytes;
    private @Nullable MqttVersion version;

    /**
     * @param sender whose packets are decoded
     * @param scratch shared by the decoders of one event loop
     * @param maximumPacketSizeBytes the largest packet to take, fixed header included
     */
    public Decoder(Sender sender, DecodeScratch scratch, long maximumPacketSizeBytes) {
        this.sender = sender;
        this.scratch = scratch;
        this.maximumPacketSizeBytes = maximumPacketSizeBytes;
    }

    /** The version of the connection: that of its CONNECT; null before. */
    public @Nullable MqttVersion version() {
        return version;
    }

    /** Sets the version of the connection, where no CONNECT does: if the packets are a server's. */
    public void setVersion(MqttVersion version) {
        this.version = version;
    }

    /**
     * Takes one packet. A CONNECT sets the {@link #version()}; a packet before it and a second one are refused
     * [MQTT-3.1.0-1], [MQTT-3.1.0-2].
     *
     * @param in what was received, of any kind; is not kept
     * @return the packet, or null if {@code in} does not hold all of it yet: nothing is consumed then
     * @throws DecodeException if it is not allowed, as soon as the bytes that are there say so: its type, flags and size
     *     are checked before the rest has come. Close the connection and don't decode on
     */
    public @Nullable Packet decode(ByteBuf in) {
        int readable = in.readableBytes();
        if (readable == 0) {
            return null;
        }
        int begin = in.readerIndex();
        int firstByte = in.getUnsignedByte(begin);
        PacketType type = FixedHeader.check(firstByte, sender, version);
        int length = 0;
        int headerBytes = 1;
        int b;
        do {
            if (headerBytes == 5) {
                throw refused(ReasonCode.MALFORMED_PACKET, "Remaining Length of more than 4 bytes");
            }
            if (headerBytes == readable) {
                return null;
            }
            b = in.getByte(begin + headerBytes);
            length |= (b & 0x7F) << (7 * (headerBytes - 1));
            headerBytes++;
        } while (b < 0);
        if (headerBytes + (long) length > maximumPacketSizeBytes) {
            throw refused(
                    ReasonCode.PACKET_TOO_LARGE,
                    "packet of " + (headerBytes + (long) length) + " bytes; " + maximumPacketSizeBytes
                            + " is the most");
        }
        if (readable - headerBytes < length) {
            return null;
        }
        boolean longerThanNeeded = b == 0 && headerBytes > 2;
        if (longerThanNeeded && version == MqttVersion.V5) {
            throw longerThanNeeded();
        }
        Packet packet;
        try {
            packet = body(in, firstByte, type, begin + headerBytes, length);
        } finally {
            scratch.end();
        }
        if (longerThanNeeded && version == MqttVersion.V5) {
            throw longerThanNeeded();
        }
        in.readerIndex(begin + headerBytes + length);
        return packet;
    }

    /** Decodes what follows the fixed header. */
    private Packet body(ByteBuf in, int firstByte, PacketType type, int index, int length) {
        MqttVersion current = version;
        if (current == null) {
            // FixedHeader let a CONNECT pass only
            WireReader reader = scratch.reader();
            reader.begin(in, index, length, null);
            Connect connect = ConnectDecoder.decode(scratch);
            FixedHeader.checkConnect(firstByte, connect.version());
            version = connect.version();
            return connect;
        }
        switch (type) {
            case PUBLISH -> {
                return PublishDecoder.decode(in, firstByte, index, length, current, sender, scratch);
            }
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> {
                int packetId;
                if (length == 2 && (packetId = in.getUnsignedShort(index)) != 0) {
                    return AckDecoder.success(type, packetId);
                }
            }
            default -> {}
        }
        WireReader reader = scratch.reader();
        reader.begin(in, index, length, current);
        Packet packet = rare(reader, type, current);
        reader.expectEnd();
        return packet;
    }

    private Packet rare(WireReader in, PacketType type, MqttVersion current) {
        return switch (type) {
            case PUBACK, PUBREC, PUBREL, PUBCOMP -> AckDecoder.decode(in, type, current, sender);
            case PINGREQ -> PingReq.INSTANCE;
            case PINGRESP -> PingResp.INSTANCE;
            case SUBSCRIBE -> SubscribeDecoder.subscribe(in, current);
            case UNSUBSCRIBE -> SubscribeDecoder.unsubscribe(in, current);
            case SUBACK -> SubscribeDecoder.subAck(in, current, sender);
            case UNSUBACK -> SubscribeDecoder.unsubAck(in, current, sender);
            case CONNACK -> ConnAckDecoder.decode(in, current);
            case DISCONNECT -> DisconnectDecoder.disconnect(in, current, sender);
            case AUTH -> DisconnectDecoder.auth(in, sender);
            case CONNECT, PUBLISH -> throw new IllegalStateException(type.name());
        };
    }

    private DecodeException longerThanNeeded() {
        // [MQTT-1.5.5-1]; earlier versions have no such rule
        return refused(ReasonCode.MALFORMED_PACKET, "Remaining Length that is longer than needed");
    }

    private DecodeException refused(ReasonCode reasonCode, String message) {
        return new DecodeException(reasonCode, version, message);
    }
}
