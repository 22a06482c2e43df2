package io.perdure.protocol.packet;

/** An MQTT Control Packet; immutable. */
public sealed interface Packet
        permits Connect,
                ConnAck,
                Publish,
                Acknowledgement,
                Subscribe,
                SubAck,
                Unsubscribe,
                UnsubAck,
                PingReq,
                PingResp,
                Disconnect,
                Auth {

    /**
     * The largest packet that MQTT can express, bytes: what Maximum Packet Size is if it is absent. Greater limits mean
     * the same.
     */
    long LARGEST_BYTES = 268_435_455L + 5;

    /** Which of the packets it is. */
    PacketType type();
}
