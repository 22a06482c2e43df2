package io.perdure.protocol.codec;

import io.netty.buffer.ByteBufUtil;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes for a decoder, and the state in which it meets them.
 *
 * @param version of the connection; null before its CONNECT
 */
record FuzzInput(@Nullable MqttVersion version, Sender sender, byte[] bytes) {

    /** How a line says that no CONNECT has come. */
    private static final String NO_VERSION = "-";

    /** From the line of a file: version, sender, bytes in hexadecimal. */
    static FuzzInput parse(String line) {
        String[] words = line.split(" +", 3);
        MqttVersion version = words[0].equals(NO_VERSION) ? null : MqttVersion.valueOf(words[0]);
        return new FuzzInput(version, Sender.valueOf(words[1]), Packets.hex(words[2]));
    }

    Decoder decoder(DecodeScratch scratch, long maximumPacketSizeBytes) {
        Decoder decoder = new Decoder(sender, scratch, maximumPacketSizeBytes);
        if (version != null) {
            decoder.setVersion(version);
        }
        return decoder;
    }

    FuzzInput with(byte[] newBytes) {
        return new FuzzInput(version, sender, newBytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FuzzInput that
                && version == that.version
                && sender == that.sender
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The line of a file. */
    @Override
    public String toString() {
        return (version == null ? NO_VERSION : version) + " " + sender + " " + ByteBufUtil.hexDump(bytes);
    }
}
