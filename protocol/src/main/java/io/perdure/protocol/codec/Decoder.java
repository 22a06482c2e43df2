package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Takes the packets of one connection out of its bytes.
 *
 * <p>One thread, the connection's event loop; lives as long as the connection and holds a few words. No input makes it
 * allocate more than the size of the packet, and that is within the maximum before it is looked at.
 */
@SuppressWarnings({"DoNotCallSuggester", "ObjectToString"})
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

    /** Sets the version of the connection, where CONNECT does not: if the packets are a server's. */
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
        throw new UnsupportedOperationException(sender + " " + scratch + " " + maximumPacketSizeBytes + " " + in);
    }
}
