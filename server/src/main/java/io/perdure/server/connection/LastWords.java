package io.perdure.server.connection;

import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.ReasonCode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the client and the log are told when a connection ends. Owner: the connection's event loop; lives as long as the
 * connection, and holds the name of the client.
 */
final class LastWords {

    private static final Logger LOG = LoggerFactory.getLogger(LastWords.class);

    /** Why something is refused. */
    static final String NO_SPACE = "the broker's disk is nearly full";

    private final ConnectionLoop loop;
    private final Wire wire;
    private String name;
    private long maximumBytes = Packet.LARGEST_BYTES;

    /** @param peer where the client is, for the log */
    LastWords(ConnectionLoop loop, Wire wire, String peer) {
        this.loop = loop;
        this.wire = wire;
        this.name = peer;
    }

    /** The client is known by name now. */
    void nameClient(String clientId) {
        name += ", client " + LogText.quoted(clientId);
    }

    /** The client takes no larger packet. */
    void limit(long maximumPacketSizeBytes) {
        maximumBytes = maximumPacketSizeBytes;
    }

    /** How the log calls the client. */
    String name() {
        return name;
    }

    /** A CONNACK that refuses. */
    void refuse(ReasonCode reasonCode, String reason, @Nullable MqttVersion version) {
        if (version != null) {
            say(ConnAck.refused(reasonCode, reason), version);
        }
    }

    /** A DISCONNECT, where a server may send one. */
    void disconnect(ReasonCode reasonCode, String reason, MqttVersion version) {
        if (version == MqttVersion.V5) {
            say(Disconnect.of(reasonCode, reason), version);
        }
    }

    /** Left unsaid if there is no memory for it: the end must come all the same. */
    private void say(Packet packet, MqttVersion version) {
        try {
            Encoder.encode(packet, version, wire.out(), maximumBytes);
        } catch (OutOfMemoryError e) {
            LOG.debug("{}: no memory for a last word", name, e);
        }
    }

    void log(ReasonCode reasonCode, String reason) {
        loop.log()
                .line(String.format(
                        Locale.ROOT, "%s: %s (0x%02X), the connection is closed", name, reason, reasonCode.code()));
    }
}
