package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;

/** Puts packets into a buffer. Stateless; any thread. */
@SuppressWarnings("DoNotCallSuggester")
public final class Encoder {

    private Encoder() {}

    /**
     * Appends a packet. Properties are left out in versions that have none, and where they say what their absence says.
     * If a packet is too large for the peer, its User Properties and then its Reason String are left out too, where the
     * specification wants that [MQTT-3.2.2-19], [MQTT-3.2.2-20], [MQTT-3.4.2-2], [MQTT-3.4.2-3], [MQTT-3.14.2-3],
     * [MQTT-3.14.2-4] and so on.
     *
     * @param maximumPacketSizeBytes what the peer takes; {@link Packet#LARGEST_BYTES} if it set no limit
     * @return false if the packet is larger even so, or can't be said in the version (a CONNACK that refuses for a
     *     reason that 3.1.1 lacks; AUTH): nothing is written then
     * @throws IllegalArgumentException if a string or binary field has more than 65,535 bytes
     */
    public static boolean encode(Packet packet, MqttVersion version, ByteBuf out, long maximumPacketSizeBytes) {
        throw new UnsupportedOperationException(packet + " " + version + " " + out + maximumPacketSizeBytes);
    }
}
