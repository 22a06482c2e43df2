package io.perdure.recovery.client;

import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client without its socket: the session that outlives its connections, and what it answers to each packet. It sends
 * again what was not acknowledged (DUP, the same identifiers, the original order) if the broker has the session, drops it
 * if not, and tells a repeated QoS 2 message by its Packet Identifier only: received and not released. In 3.1, where no
 * broker tells, it takes the session to be there unless it asked for a clean one.
 *
 * <p>All that happens goes into the trace. Not thread-safe.
 */
public final class ClientSession {

    private final ClientOptions options;
    private final Trace trace;
    private final LongSupplier nowNs;
    private final Consumer<TraceEvent> application;
    private final OutgoingMessages outgoing;
    private final Set<Integer> receivedNotReleased = new HashSet<>();
    private final Deque<Packet.Ack> heldAcks = new ArrayDeque<>();
    private final Map<Integer, List<String>> requests = new HashMap<>();
    private final Map<Integer, List<Integer>> answers = new HashMap<>();
    private Consumer<Packet> out = packet -> {};
    private int heldAcksLimit;
    private int connection;
    private int quota;
    private int pongs;
    private boolean untoldSession;
    /** The session of the last CONNECT ends with its connection. */
    private boolean passing;

    private Packet.@Nullable ConnAck connAck;

    /**
     * A client that has never been connected.
     *
     * @param nowNs the time of events
     * @param application gets each message that is no repetition
     */
    public ClientSession(ClientOptions options, Trace trace, LongSupplier nowNs, Consumer<TraceEvent> application) {
        this.options = options;
        this.trace = trace;
        this.nowNs = nowNs;
        this.application = application;
        this.outgoing = new OutgoingMessages(options.packetIds());
        this.heldAcksLimit = options.heldAcks();
    }

    /**
     * Begins a new connection with CONNECT.
     *
     * @param newOut takes what is sent on it
     * @return its number, from 1
     */
    public int connect(boolean cleanStart, @Nullable WillMessage will, Consumer<Packet> newOut) {
        heldAcks.clear();
        if (passing && accepted()) {
            beginAnew();
        }
        untoldSession = options.version() == Version.V3_1 && !cleanStart && !passing;
        passing = options.version() == Version.V5 ? options.sessionExpiryS() == 0 : cleanStart;
        connection++;
        out = newOut;
        connAck = null;
        Properties properties = Properties.NONE;
        if (options.version() == Version.V5) {
            properties = properties
                    .with(Properties.SESSION_EXPIRY, options.sessionExpiryS())
                    .with(Properties.RECEIVE_MAXIMUM, options.receiveMaximum())
                    .with(Properties.TOPIC_ALIAS_MAXIMUM, options.topicAliasMaximum());
        }
        trace.add(TraceNotes.connect(nowNs.getAsLong(), connection, options, cleanStart));
        if (will != null) {
            trace.add(TraceNotes.will(nowNs.getAsLong(), connection, will));
        }
        newOut.accept(new Packet.Connect(options.version(), options.clientId(), cleanStart, 0, will, properties));
        return connection;
    }

    /** The answer to the last CONNECT; null if there is none yet. */
    public Packet.@Nullable ConnAck connAck() {
        return connAck;
    }

    /** Whether the last CONNECT was accepted. */
    public boolean accepted() {
        Packet.ConnAck answer = connAck;
        return answer != null && answer.reasonCode() == 0;
    }

    /** How many published messages are not acknowledged to their end. */
    public int inFlight() {
        return outgoing.inFlight();
    }

    /** Whether the window and the broker's Receive Maximum allow one more. */
    public boolean mayPublish() {
        return outgoing.inFlight() < Math.min(quota, options.window());
    }

    /**
     * Publishes.
     *
     * @param expiryS Message Expiry Interval, or -1
     */
    public void publish(String topic, int qos, boolean retain, long expiryS, byte[] payload) {
        Properties properties = expiryS >= 0 && options.version() == Version.V5
                ? Properties.NONE.with(Properties.MESSAGE_EXPIRY, expiryS)
                : Properties.NONE;
        int id = qos == 0 ? 0 : outgoing.nextId(requests.keySet());
        Packet.Publish publish = new Packet.Publish(false, qos, retain, topic, id, properties, payload);
        if (qos > 0) {
            outgoing.published(publish);
        }
        send(publish);
    }

    /** Sends SUBSCRIBE; the Packet Identifier is in use until {@link #forget}. */
    public int subscribe(List<Packet.Filter> filters, Properties properties) {
        int id = request(filters.stream().map(Packet.Filter::filter).toList());
        send(new Packet.Subscribe(id, filters, properties));
        return id;
    }

    /** Sends UNSUBSCRIBE; the Packet Identifier is in use until {@link #forget}. */
    public int unsubscribe(List<String> filters) {
        int id = request(filters);
        send(new Packet.Unsubscribe(id, filters));
        return id;
    }

    private int request(List<String> filters) {
        int id = outgoing.nextId(requests.keySet());
        requests.put(id, filters);
        return id;
    }

    /** The reason codes that a SUBSCRIBE or UNSUBSCRIBE was answered with; null: no answer yet. */
    public @Nullable List<Integer> answer(int id) {
        return answers.get(id);
    }

    /** A SUBSCRIBE or UNSUBSCRIBE is over, with or without an answer. */
    public void forget(int id) {
        requests.remove(id);
        answers.remove(id);
    }

    public void ping() {
        send(new Packet.PingReq());
    }

    /** How many PINGRESPs came. */
    public int pongs() {
        return pongs;
    }

    /** Sends DISCONNECT, after which nothing may be sent on this connection. */
    public void disconnect(int reasonCode, Properties properties) {
        send(new Packet.Disconnect(reasonCode, properties));
    }

    /** Changes how many acknowledgements are kept back. */
    public void holdAcks(int limit) {
        heldAcksLimit = limit;
        releaseAcks();
    }

    private void releaseAcks() {
        while (heldAcks.size() > heldAcksLimit) {
            send(heldAcks.removeFirst());
        }
    }

    /** A connection is gone; what was on its way on it is lost. */
    public void closed(int number, Kind kind, String text) {
        trace.add(TraceEvent.of(nowNs.getAsLong(), number, kind, text));
        if (number == connection) {
            heldAcks.clear();
            if (passing && accepted()) {
                beginAnew();
            }
            connAck = null;
            out = packet -> {};
        }
    }

    private void send(Packet packet) {
        TraceNotes.sent(trace, nowNs.getAsLong(), connection, packet);
        out.accept(packet);
    }

    /** A packet came on the last connection. */
    public void received(Packet packet) {
        if (packet instanceof Packet.Publish publish) {
            publishReceived(publish);
            return;
        }
        TraceNotes.received(trace, nowNs.getAsLong(), connection, packet, requests);
        if (packet instanceof Packet.ConnAck answer) {
            connAckReceived(answer);
        } else if (packet instanceof Packet.Ack ack) {
            ackReceived(ack);
        } else if (packet instanceof Packet.SubAck subAck) {
            answers.put(subAck.packetId(), subAck.reasonCodes());
        } else if (packet instanceof Packet.UnsubAck unsubAck) {
            answers.put(unsubAck.packetId(), unsubAck.reasonCodes());
        } else if (packet instanceof Packet.PingResp) {
            pongs++;
        }
    }

    private void connAckReceived(Packet.ConnAck answer) {
        connAck = answer;
        if (answer.reasonCode() != 0) {
            return;
        }
        quota = (int) answer.properties().number(Properties.RECEIVE_MAXIMUM, 65_535);
        if (answer.sessionPresent() || untoldSession) {
            outgoing.resend().forEach(this::send);
            return;
        }
        beginAnew();
    }

    private void beginAnew() {
        for (Packet.Publish dropped : outgoing.discard()) {
            trace.add(TraceEvent.message(
                    nowNs.getAsLong(), connection, Kind.DISCARDED, dropped, Payload.keyOf(dropped.payload()), false));
        }
        receivedNotReleased.clear();
    }

    private void publishReceived(Packet.Publish publish) {
        boolean fresh = publish.qos() < 2 || receivedNotReleased.add(publish.packetId());
        TraceEvent event = TraceEvent.message(
                nowNs.getAsLong(), connection, Kind.PUBLISH_IN, publish, Payload.keyOf(publish.payload()), fresh);
        trace.add(event);
        if (fresh) {
            application.accept(event);
        }
        if (publish.qos() > 0) {
            Packet.Step step = publish.qos() == 1 ? Packet.Step.PUBACK : Packet.Step.PUBREC;
            heldAcks.add(new Packet.Ack(step, publish.packetId(), 0));
            releaseAcks();
        }
    }

    private void ackReceived(Packet.Ack ack) {
        int id = ack.packetId();
        switch (ack.step()) {
            case PUBACK -> outgoing.finished(id);
            case PUBREC -> {
                if (ack.reasonCode() >= 0x80) {
                    outgoing.finished(id);
                } else {
                    outgoing.received(id);
                    send(new Packet.Ack(Packet.Step.PUBREL, id, 0));
                }
            }
            case PUBREL -> {
                int code = receivedNotReleased.remove(id) || options.version() != Version.V5 ? 0 : 0x92;
                heldAcks.add(new Packet.Ack(Packet.Step.PUBCOMP, id, code));
                releaseAcks();
            }
            case PUBCOMP -> outgoing.completed(id);
        }
    }
}
