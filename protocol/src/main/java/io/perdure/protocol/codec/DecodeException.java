package io.perdure.protocol.codec;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.ReasonCode;
import org.jspecify.annotations.Nullable;

/**
 * A peer sent what MQTT does not allow: answer with the Reason Code where the version and the state of the connection
 * allow it, then close [4.13]. Unchecked, but to be caught around every {@link Decoder#decode}. Has no stack trace: it is
 * a peer's fault, and cheap.
 */
public final class DecodeException extends RuntimeException {

    private final ReasonCode reasonCode;
    private final @Nullable MqttVersion version;
    private final long maximumPacketSizeBytes;

    DecodeException(ReasonCode reasonCode, @Nullable MqttVersion version, String message) {
        this(reasonCode, version, message, Packet.LARGEST_BYTES);
    }

    private DecodeException(
            ReasonCode reasonCode, @Nullable MqttVersion version, String message, long maximumPacketSizeBytes) {
        super(message, null, false, false);
        this.reasonCode = reasonCode;
        this.version = version;
        this.maximumPacketSizeBytes = maximumPacketSizeBytes;
    }

    /** The same, of a peer that takes packets of this size at most. */
    DecodeException of(long maximumPacketSizeBytes) {
        return new DecodeException(reasonCode, version, getMessage(), maximumPacketSizeBytes);
    }

    /** Why: an error code that CONNACK or DISCONNECT may carry. */
    public ReasonCode reasonCode() {
        return reasonCode;
    }

    /**
     * In which version to answer: that of the connection or, while its CONNECT is being refused, the one that the
     * CONNECT names or the nearest to it. Null if none is known: close without an answer.
     */
    public @Nullable MqttVersion version() {
        return version;
    }

    /** How large the answer may be at most, as far as a CONNECT that is being refused says so, bytes. */
    public long maximumPacketSizeBytes() {
        return maximumPacketSizeBytes;
    }

    /** One line, fit for a Reason String and for a log; holds no bytes of the peer. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
