package io.perdure.server.connection;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.codec.AckEncoder;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.session.InboundAliases;
import io.perdure.protocol.session.ReceiveWindow;
import io.perdure.protocol.session.Terms;
import io.perdure.protocol.topic.TopicName;
import io.perdure.storage.Command;
import io.perdure.storage.Message;
import io.perdure.storage.Route;
import io.perdure.storage.SessionRef;

/**
 * The PUBLISH packets of one client: into the ledger, or past it where no log is needed; and their acknowledgements.
 *
 * <p>Owner: the connection's event loop; lives from CONNACK to the end of the connection. Holds the Packet Identifiers in
 * progress and the topic aliases, both bounded by what CONNACK granted.
 */
final class Inbound {

    private final ConnectionLoop loop;
    private final Wire wire;
    private final LedgerClient ledger;
    private final SessionRef session;
    private final Terms terms;
    private final ReceiveWindow window;
    private final InboundAliases aliases;

    Inbound(ConnectionLoop loop, Wire wire, LedgerClient ledger, SessionRef session, Terms terms) {
        this.loop = loop;
        this.wire = wire;
        this.ledger = ledger;
        this.session = session;
        this.terms = terms;
        this.window = new ReceiveWindow(terms.receiveMaximum());
        this.aliases = new InboundAliases(terms.inboundAliasMaximum());
    }

    void publish(Publish publish) {
        TopicName topic = aliases.resolve(publish.topic(), publish.topicAlias());
        if (topic == null) {
            throw new ProtocolViolation(aliases.fault(), "Topic Alias that stands for no Topic Name or is too high");
        }
        if (publish.qos() > 0 && !isNew(publish)) {
            return;
        }
        Route route = loop.route(topic);
        Message message = message(publish, topic);
        boolean direct =
                publish.qos() == 0 && !publish.retain() && route.shares().isEmpty() && !ledger.hasCommands();
        if (direct) {
            for (Route.Target target : route.targets(session)) {
                loop.outbox().add(target, message);
            }
        } else {
            ledger.open().add(new Command.Publish(publish.packetId(), publish.retain(), message, route));
        }
    }

    private boolean isNew(Publish publish) {
        return switch (window.publish(publish.packetId(), publish.qos(), publish.dup())) {
            case NEW, REPEAT -> true;
            case IGNORE -> false;
            case PACKET_ID_IN_USE ->
                throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, "Packet Identifier in use by another PUBLISH");
            case RECEIVE_MAXIMUM_EXCEEDED ->
                throw new ProtocolViolation(
                        ReasonCode.RECEIVE_MAXIMUM_EXCEEDED, "more unacknowledged messages than Receive Maximum");
        };
    }

    private Message message(Publish publish, TopicName topic) {
        long nowMs = loop.store().nowMs();
        long expiresAtMs = publish.messageExpiryS() < 0 ? Message.NEVER : nowMs + 1000 * publish.messageExpiryS();
        return new Message(topic.utf8(), publish.payload(), publish.properties(), publish.qos(), nowMs, expiresAtMs);
    }

    void pubRel(int packetId) {
        ledger.open().add(new Command.Release(packetId));
    }

    /**
     * A PUBLISH is durable, or was refused: acknowledge it. Called in the order of their arrival [MQTT-4.6.0-2].
     *
     * @throws ProtocolViolation if it was refused and the version of MQTT has no Reason Code for that: the client is not to
     *     take it for stored, so its connection is closed
     */
    void completed(Command.Publish publish) {
        int qos = publish.message().qos();
        if (publish.result() == Command.PublishResult.REFUSED) {
            refused(publish);
            return;
        }
        if (publish.result() == Command.PublishResult.NOT_RETAINED) {
            loop.counters().addNotRetained();
        }
        if (qos == 0) {
            return;
        }
        int packetId = publish.packetId();
        ByteBuf out = wire.out();
        boolean nobody =
                publish.result() == Command.PublishResult.NO_MATCHING_SUBSCRIBERS && terms.version() == MqttVersion.V5;
        if (qos == 1) {
            window.answered(packetId);
            if (nobody) {
                encode(PubAck.of(packetId, ReasonCode.NO_MATCHING_SUBSCRIBERS));
            } else {
                AckEncoder.pubAck(out, packetId);
            }
        } else if (nobody) {
            encode(PubRec.of(packetId, ReasonCode.NO_MATCHING_SUBSCRIBERS));
        } else {
            AckEncoder.pubRec(out, packetId);
        }
    }

    /** For lack of space. */
    private void refused(Command.Publish publish) {
        loop.counters().addRefusedPublish();
        if (terms.version() != MqttVersion.V5) {
            throw new ProtocolViolation(ReasonCode.QUOTA_EXCEEDED, "PUBLISH refused, " + LastWords.NO_SPACE);
        }
        int packetId = publish.packetId();
        window.answered(packetId);
        String reason = terms.problemInformation() ? LastWords.NO_SPACE : null;
        if (publish.message().qos() == 1) {
            encode(PubAck.of(packetId, ReasonCode.QUOTA_EXCEEDED, reason));
        } else {
            encode(PubRec.of(packetId, ReasonCode.QUOTA_EXCEEDED, reason));
        }
    }

    /** The Packet Identifier is forgotten durably. */
    void completed(Command.Release release) {
        window.answered(release.packetId());
        if (release.known() || terms.version() != MqttVersion.V5) {
            AckEncoder.pubComp(wire.out(), release.packetId());
        } else {
            encode(PubComp.of(release.packetId(), ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        }
    }

    private void encode(Packet packet) {
        Encoder.encode(packet, terms.version(), wire.out(), terms.sendMaximumPacketSizeBytes());
    }
}
