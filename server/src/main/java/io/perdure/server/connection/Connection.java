package io.perdure.server.connection;

import io.netty.buffer.ByteBuf;
import io.perdure.protocol.codec.AckEncoder;
import io.perdure.protocol.codec.DecodeException;
import io.perdure.protocol.codec.Decoder;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.session.KeepAlive;
import io.perdure.protocol.session.Negotiation;
import io.perdure.protocol.session.Terms;
import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Delivery;
import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Page;
import io.perdure.storage.SessionLink;
import io.perdure.storage.Submission;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One network connection: takes it through CONNECT, attaches it to its session, passes packets to {@link Inbound}, {@link
 * Subscriptions} and {@link Outbound}, and ends it.
 *
 * <p>Owner: its event loop, which calls every method but {@link #lane}; lives as long as the socket, and a little longer
 * until the ledger has let go of it. One read burst gives one submission, and one turn of the loop one write. Bounds: see
 * {@link LedgerClient} (input stops) and {@link Outbound} (output waits in the store); answers to a client that does not
 * read them stop its input at {@value #MAXIMUM_UNSENT_BYTES} bytes.
 */
public final class Connection implements SessionLink {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    private static final long MAXIMUM_UNSENT_BYTES = 1 << 20;

    private enum Phase {
        AWAITING_CONNECT,
        ATTACHING,
        OPEN,
        CLOSED
    }

    private final ConnectionLoop loop;
    private final Wire wire;
    private final LastWords lastWords;
    private final Decoder decoder;
    private final boolean surplus;
    private final long openedNs;
    private Phase phase = Phase.AWAITING_CONNECT;
    private @Nullable Terms terms;
    private Command.@Nullable Attach attach;
    private @Nullable Attached attached;
    private DetachReason detachReason = DetachReason.CONNECTION_LOST;
    private boolean heard;
    private boolean readingPaused;
    private boolean writeScheduled;
    private boolean moreToSend;

    /** @param surplus whether it is one too many, so that its CONNECT is to be refused */
    Connection(ConnectionLoop loop, Wire wire, String peer, boolean surplus, long nowNs) {
        this.loop = loop;
        this.wire = wire;
        this.lastWords = new LastWords(loop, wire, peer);
        this.surplus = surplus;
        this.decoder =
                new Decoder(Decoder.Sender.CLIENT, loop.scratch(), loop.limits().maximumPacketSizeBytes());
        this.openedNs = nowNs;
    }

    /** May be called from any thread. */
    @Override
    public Lane lane() {
        return loop.lane();
    }

    /**
     * Takes all whole packets of what was received. What is left belongs in front of what comes next; if reading was paused
     * meanwhile that may be whole packets too.
     *
     * @param in not kept
     */
    public void read(ByteBuf in) {
        try {
            while (!readingPaused && phase != Phase.CLOSED) {
                Packet packet = decoder.decode(in);
                if (packet == null) {
                    break;
                }
                heard = true;
                if (packet instanceof Connect connect) {
                    connect(connect);
                } else {
                    handle(open(), packet);
                }
            }
        } catch (DecodeException e) {
            if (phase == Phase.AWAITING_CONNECT) {
                lastWords.limit(e.maximumPacketSizeBytes());
            }
            fail(e.reasonCode(), e.getMessage(), e.version());
        } catch (ProtocolViolation e) {
            fail(e.reasonCode(), e.getMessage(), decoder.version());
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
        if (phase == Phase.CLOSED) {
            in.skipBytes(in.readableBytes());
        }
    }

    /** The end of a read burst. */
    public void readComplete() {
        loop.outbox().send();
        boolean packetsCame = heard; // a part of one does not count [MQTT-3.1.2-22]
        heard = false;
        if (phase == Phase.OPEN) {
            if (packetsCame) {
                open().keepAlive().heard(loop.nowNs());
            }
            endTurn();
        }
    }

    /** The wire is writable again. */
    public void writable() {
        endTurn();
    }

    /** The wire is gone. */
    public void closed() {
        end(DetachReason.CONNECTION_LOST, -1);
    }

    /** The wire finds no memory for what it has received. */
    public void outOfMemory() {
        if (phase != Phase.CLOSED) {
            loop.log().line(lastWords.name() + ": no memory is left for its buffers, the connection is closed");
            end(DetachReason.CONNECTION_LOST, -1);
        }
    }

    /** Too much of unfinished packets is held for all connections together, and this one is in the middle of a large one. */
    public void tooMuchHeld() {
        if (phase != Phase.CLOSED) {
            fail(ReasonCode.QUOTA_EXCEEDED, "no room for another large packet", decoder.version());
        }
    }

    private Attached open() {
        Attached current = attached;
        if (current == null) {
            throw new IllegalStateException("not attached");
        }
        return current;
    }

    private void handle(Attached open, Packet packet) {
        switch (packet.type()) {
            case PUBLISH -> open.inbound().publish((Publish) packet);
            case PUBACK -> open.outbound().pubAck(((PubAck) packet).packetId());
            case PUBREC -> open.outbound().pubRec(((PubRec) packet).packetId(), ((PubRec) packet).reasonCode());
            case PUBREL -> open.inbound().pubRel(((PubRel) packet).packetId());
            case PUBCOMP -> open.outbound().pubComp(((PubComp) packet).packetId());
            case SUBSCRIBE -> open.subscriptions().subscribe((Subscribe) packet);
            case UNSUBSCRIBE -> open.subscriptions().unsubscribe((Unsubscribe) packet);
            case PINGREQ -> AckEncoder.pingResp(wire.out());
            case DISCONNECT -> disconnect(open, (Disconnect) packet);
            default -> throw new ProtocolViolation(ReasonCode.PROTOCOL_ERROR, packet.type() + " is not expected");
        }
        if (open.ledger().full()) {
            pauseReading();
        }
    }

    private void connect(Connect connect) {
        lastWords.limit(connect.maximumPacketSizeBytes());
        if (surplus) {
            fail(ReasonCode.QUOTA_EXCEEDED, "there are as many connections as are allowed", connect.version());
            return;
        }
        String spareClientId = connect.clientId().isEmpty() ? loop.assignClientId() : "";
        Negotiation negotiation = Negotiation.of(connect, loop.granted(), spareClientId);
        if (negotiation instanceof Negotiation.Refusal refusal) {
            fail(refusal.reasonCode(), refusal.reason(), connect.version());
            return;
        }
        Terms agreed = (Terms) negotiation;
        if (!Encoder.fits(agreed.connAck(true), agreed.version(), agreed.sendMaximumPacketSizeBytes())) {
            fail(
                    ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR,
                    "Maximum Packet Size too small for CONNACK",
                    agreed.version());
            return;
        }
        terms = agreed;
        lastWords.nameClient(agreed.clientId());
        attach = new Command.Attach(
                agreed.clientId(),
                agreed.cleanStart(),
                agreed.sessionExpiryS(),
                Wills.stored(connect.will()),
                agreed.sendReceiveMaximum());
        if (agreed.version() != MqttVersion.V5) {
            attach.closesWhenRefused();
        }
        phase = Phase.ATTACHING;
        // what comes before CONNACK waits in the socket
        pauseReading();
        Submission submission = new Submission(this, null, 0);
        submission.add(attach);
        loop.store().submit(submission);
    }

    @Override
    public void completed(Submission submission) {
        try {
            Command.Attach attaching = attach;
            if (attaching != null) {
                attach = null;
                attachCompleted(attaching);
            } else if (phase == Phase.OPEN) {
                completed(open(), submission);
            }
        } catch (ProtocolViolation e) {
            fail(e.reasonCode(), e.getMessage(), decoder.version());
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
    }

    private void attachCompleted(Command.Attach attaching) {
        Attachment attachment = attaching.attachment();
        if (phase == Phase.CLOSED) {
            if (attachment != null) {
                LedgerClient ledger =
                        new LedgerClient(loop.store(), this, attachment.session(), attachment.generation());
                ledger.open().add(new Command.Detach(detachReason, attachment.resendBelow(), -1));
                ledger.submit();
            }
            return;
        }
        Terms agreed = Objects.requireNonNull(terms);
        if (attaching.refused()) {
            loop.counters().addRefusedSession();
            fail(ReasonCode.QUOTA_EXCEEDED, "no new session, " + LastWords.NO_SPACE, agreed.version());
            return;
        }
        if (attachment == null) {
            // DISCONNECT may not be sent before CONNACK [MQTT-3.14.0-1]
            fail(ReasonCode.UNSPECIFIED_ERROR, "another connection has taken over the session", agreed.version());
            return;
        }
        LedgerClient ledger = new LedgerClient(loop.store(), this, attachment.session(), attachment.generation());
        Outbound outbound = new Outbound(loop, this, wire, ledger, agreed, attachment);
        attached = new Attached(
                agreed,
                attachment.generation(),
                ledger,
                new Inbound(loop, wire, ledger, attachment.session(), agreed),
                new Subscriptions(wire, ledger, attachment.session(), agreed, loop.counters()),
                outbound,
                new KeepAlive(agreed.keepAliveS(), loop.nowNs()));
        phase = Phase.OPEN;
        Encoder.encode(
                agreed.connAck(attachment.sessionPresent()),
                agreed.version(),
                wire.out(),
                agreed.sendMaximumPacketSizeBytes());
        outbound.resume();
    }

    private void completed(Attached open, Submission submission) {
        open.ledger().returned(submission);
        for (Command command : submission.commands()) {
            if (command instanceof Command.Publish publish) {
                open.inbound().completed(publish);
            } else if (command instanceof Command.Release release) {
                open.inbound().completed(release);
            } else if (command instanceof Command.Subscribe subscribe) {
                open.subscriptions().completed(subscribe);
            } else if (command instanceof Command.Unsubscribe unsubscribe) {
                open.subscriptions().completed(unsubscribe);
            }
        }
        open.outbound().completed(submission);
    }

    @Override
    public void deliver(Delivery delivery) {
        try {
            if (phase == Phase.OPEN && open().generation() == delivery.generation()) {
                open().outbound().deliver(delivery);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
    }

    @Override
    public void page(Page page) {
        try {
            if (phase == Phase.OPEN && open().generation() == page.generation()) {
                open().outbound().page(page);
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
    }

    /** A QoS 0 message that came past the ledger; dropped before CONNACK. */
    void receive(Message message, int[] subscriptionIds) {
        try {
            if (phase == Phase.OPEN) {
                open().outbound().sendUnqueued(message, false, subscriptionIds);
                writeLater();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
    }

    @Override
    public void takeOver(long generation) {
        if (phase == Phase.OPEN && open().generation() == generation) {
            sayGoodbye(ReasonCode.SESSION_TAKEN_OVER, "another connection has taken over the session");
            end(DetachReason.CONNECTION_LOST, -1);
        }
    }

    @Override
    public void flush() {
        endTurn();
    }

    /** Whether it was silent for too long. */
    void tick(long nowNs) {
        if (phase == Phase.AWAITING_CONNECT && nowNs - openedNs > loop.limits().connectTimeoutMs() * 1_000_000L) {
            fail(ReasonCode.PROTOCOL_ERROR, "no CONNECT in time", null);
        } else if (phase == Phase.OPEN) {
            KeepAlive keepAlive = open().keepAlive();
            if (readingPaused) {
                // it can't be heard
                keepAlive.heard(nowNs);
            } else if (keepAlive.expired(nowNs)) {
                fail(ReasonCode.KEEP_ALIVE_TIMEOUT, "nothing came for one and a half times the Keep Alive", null);
            }
        }
    }

    /** The broker stops. */
    void stop() {
        if (phase == Phase.OPEN) {
            sayGoodbye(ReasonCode.SERVER_SHUTTING_DOWN, "the broker stops");
        } else if (phase == Phase.ATTACHING) {
            lastWords.refuse(ReasonCode.SERVER_UNAVAILABLE, "the broker stops", decoder.version());
        }
        end(DetachReason.BROKER_STOPS, -1);
    }

    private void disconnect(Attached open, Disconnect disconnect) {
        if (!open.terms().mayExpireAfter(disconnect.sessionExpiryS())) {
            throw new ProtocolViolation(
                    ReasonCode.PROTOCOL_ERROR, "Session Expiry Interval in DISCONNECT, where CONNECT had none");
        }
        DetachReason reason =
                disconnect.reasonCode() == ReasonCode.SUCCESS ? DetachReason.CLIENT_LEFT : DetachReason.CONNECTION_LOST;
        end(reason, open.terms().expiryAtEndS(disconnect.sessionExpiryS()));
    }

    /** Tells the client and the log what it did wrong, and closes. */
    private void fail(ReasonCode reasonCode, String reason, @Nullable MqttVersion version) {
        lastWords.log(reasonCode, reason);
        if (phase == Phase.OPEN) {
            sayGoodbye(reasonCode, reason);
        } else {
            lastWords.refuse(reasonCode, reason, version);
        }
        end(DetachReason.CONNECTION_LOST, -1);
    }

    /**
     * An error of the broker's own: this connection pays for it, the others don't. OutOfMemoryError: of direct buffers.
     */
    private void broken(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            outOfMemory();
        } else if (phase != Phase.CLOSED) {
            LOG.error("{}: internal error, the connection is closed", lastWords.name(), e);
            if (phase == Phase.OPEN) {
                sayGoodbye(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, "internal error");
            }
            end(DetachReason.CONNECTION_LOST, -1);
        }
    }

    private void sayGoodbye(ReasonCode reasonCode, String reason) {
        lastWords.disconnect(reasonCode, reason, open().terms().version());
    }

    /** Ends the connection, once: nothing is read or sent any more, and the session is let go of. */
    private void end(DetachReason reason, long sessionExpiryS) {
        if (phase == Phase.CLOSED) {
            return;
        }
        phase = Phase.CLOSED;
        detachReason = reason;
        loop.outbox().send();
        Attached open = attached;
        if (open != null) {
            open.ledger().open().add(new Command.Detach(reason, open.outbound().end(), sessionExpiryS));
            open.ledger().submit();
        }
        wire.close();
        loop.closed(this);
    }

    /** Sends what can be sent, submits what has come together, and sees whether to go on reading. */
    private void endTurn() {
        if (phase != Phase.OPEN) {
            return;
        }
        try {
            Attached open = open();
            moreToSend = open.outbound().pump();
            open.ledger().submit();
            if (readingPaused) {
                if (open.ledger().mayReadOn() && wire.unsentBytes() < MAXIMUM_UNSENT_BYTES / 2) {
                    readingPaused = false;
                    wire.resumeReading();
                }
            } else if (open.ledger().full()
                    || open.ledger().overloaded()
                    || wire.unsentBytes() > MAXIMUM_UNSENT_BYTES) {
                pauseReading();
            }
            writeLater();
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
    }

    private void pauseReading() {
        readingPaused = true;
        wire.pauseReading();
    }

    private void writeLater() {
        if (!writeScheduled) {
            writeScheduled = true;
            loop.writeLater(this);
        }
    }

    /** The end of a turn of the loop: writes what the turn has produced. */
    void write() {
        writeScheduled = false;
        if (phase != Phase.OPEN) {
            return;
        }
        try {
            wire.flush();
        } catch (RuntimeException | OutOfMemoryError e) {
            broken(e);
        }
        if (moreToSend) {
            endTurn();
        }
    }
}
