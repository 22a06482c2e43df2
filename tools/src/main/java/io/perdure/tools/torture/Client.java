package io.perdure.tools.torture;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client whose session state outlives its connections: it sends again what was not acknowledged (DUP, the same
 * identifiers, the original order), and tells a repeated QoS 2 message by its Packet Identifier. For one thread.
 */
final class Client implements AutoCloseable {

    /** Gets the messages that are no repetition. */
    interface Application {

        void delivered(Message message, Publish publish, Trace trace);
    }

    /**
     * @param durable whether the session outlives the connection
     * @param heldAcks how many deliveries it leaves unacknowledged as long as more come
     */
    record Settings(String clientId, MqttVersion version, boolean durable, int heldAcks) {}

    private enum Presence {
        NONE,
        UNKNOWN,
        THERE
    }

    private static final int TIMEOUT_MS = 10_000;
    private static final int TURN_MS = 20;
    private static final int KEEP_ALIVE_S = 15;
    private static final long PING_NS = TimeUnit.SECONDS.toNanos(3);
    private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int RECEIVE_MAXIMUM = 200;
    private static final long NO_EXPIRY = 0xFFFF_FFFFL;

    private record Held(int packetId, int qos) {}

    private final Settings settings;
    private final Surroundings around;
    private final Application application;
    private final Trace trace;
    private final Outgoing outgoing = new Outgoing();
    private final Deliveries deliveries = new Deliveries();
    private final Deque<Held> heldAcks = new ArrayDeque<>();
    private final Map<Integer, ReasonCode> answers = new HashMap<>();
    private Presence presence = Presence.NONE;
    private Presence before = Presence.NONE;
    private int heldAcksLimit;
    private int connections;
    private int receiveMaximum;
    private long lastReceivedNs;
    private long lastPingNs;
    private boolean ending;
    private @Nullable Connection connection;
    private @Nullable ConnAck connAck;

    Client(Settings settings, Surroundings around, Application application) {
        this.settings = settings;
        this.around = around;
        this.application = application;
        this.trace = around.trace(settings.clientId());
        this.heldAcksLimit = settings.heldAcks();
    }

    Trace trace() {
        return trace;
    }

    boolean connected() {
        return connection != null;
    }

    /** How much it has published that is not acknowledged to its end. */
    int inFlight() {
        return outgoing.size();
    }

    /** How much may be under way. */
    int window(int wanted) {
        return Math.min(wanted, receiveMaximum);
    }

    private boolean durable() {
        return settings.durable() && !ending;
    }

    /** Connects and resumes the session, or begins a new one; returns whether it is a new one. */
    boolean connect() throws IOException {
        return connect(null);
    }

    /** Leaves no session behind. */
    void endSession() throws IOException {
        ending = true;
        presence = Presence.NONE;
        connect();
        leave();
    }

    /**
     * The same, perhaps with a Will.
     *
     * @throws IOException if there is no CONNACK in time or it refuses
     */
    boolean connect(@Nullable Will will) throws IOException {
        close();
        Target target = around.target();
        Connection opened = new Connection(target.address(), settings.version(), TIMEOUT_MS);
        connection = opened;
        connAck = null;
        connections++;
        heldAcks.clear();
        answers.clear();
        lastReceivedNs = System.nanoTime();
        lastPingNs = lastReceivedNs;
        note("CONNECT");
        opened.send(Connect.builder(settings.version(), settings.clientId())
                .cleanStart(!durable())
                .keepAliveS(KEEP_ALIVE_S)
                .sessionExpiryS(durable() ? NO_EXPIRY : 0)
                .receiveMaximum(RECEIVE_MAXIMUM)
                .userName(target.user())
                .password(target.password() == null ? null : target.password().getBytes(StandardCharsets.UTF_8))
                .will(will)
                .build());
        before = presence;
        presence = durable() && before == Presence.NONE ? Presence.UNKNOWN : before;
        pumpUntil(() -> connAck != null, "CONNACK");
        ConnAck answer = connAck;
        if (answer == null || answer.reasonCode() != ReasonCode.SUCCESS) {
            close();
            throw new IOException("refused: " + (answer == null ? "no CONNACK" : answer.reasonCode()));
        }
        return !answer.sessionPresent();
    }

    /** Goes on where the session was, before anything that follows the CONNACK is looked at. */
    private void accepted(Connection opened, ConnAck answer) {
        note("got CONNACK " + answer.reasonCode() + (answer.sessionPresent() ? ", Session Present" : ""));
        connAck = answer;
        if (answer.reasonCode() == ReasonCode.SUCCESS) {
            receiveMaximum = answer.receiveMaximum();
            around.findings().checked(Check.PROTOCOL, 1);
            resume(opened, answer.sessionPresent());
        }
    }

    private void resume(Connection opened, boolean present) {
        if (durable() && before != Presence.NONE) {
            around.findings().checked(Check.SESSIONS, 1);
        }
        if (before == Presence.THERE && !present) {
            around.findings().broken(Check.SESSIONS, "the session of " + settings.clientId() + " is gone", trace);
        } else if (before == Presence.NONE && present) {
            around.findings().broken(Check.SESSIONS, settings.clientId() + " got a session that never was", trace);
        }
        presence = durable() ? Presence.THERE : Presence.NONE;
        deliveries.connected(present);
        if (!present) {
            outgoing.forgetReceived();
        }
        for (int packetId : outgoing.toRelease()) {
            acknowledge(opened, "PUBREL", PubRel.of(packetId), packetId);
        }
        for (Map.Entry<Integer, Outgoing.InFlight> entry : outgoing.toPublish()) {
            Outgoing.InFlight publish = entry.getValue();
            if (publish.qos() == 1 || !present) {
                around.judge().publishedAgain(publish.message());
            }
            sendPublish(opened, entry.getKey(), publish, present);
        }
    }

    /** Publishes; the caller has looked at the window. */
    void publish(TopicName topic, int qos, boolean retain, Message message, int sizeBytes) {
        Connection current = current();
        int packetId = outgoing.nextId();
        Outgoing.InFlight publish = new Outgoing.InFlight(topic, qos, retain, message, message.payload(sizeBytes));
        outgoing.published(packetId, publish);
        sendPublish(current, packetId, publish, false);
    }

    private void sendPublish(Connection to, int packetId, Outgoing.InFlight publish, boolean dup) {
        trace.note(System.nanoTime(), connections, "PUBLISH", packetId, publish.qos(), dup, publish.message());
        to.send(publish.publish(packetId, dup));
    }

    /** Removes what is retained there. */
    void clearRetained(TopicName topic) {
        current().send(Publish.of(topic, 0, 0, Publish.NO_BYTES).withRetain(true));
    }

    /**
     * Subscribes.
     *
     * @throws IOException if there is no SUBACK in time or it refuses
     */
    void subscribe(String filter, int qos) throws IOException {
        int packetId = outgoing.nextId();
        note("SUBSCRIBE " + filter);
        current().send(Subscribe.of(packetId, SubscriptionRequest.of(filter, qos)));
        pumpUntil(() -> answers.containsKey(packetId), "SUBACK");
        ReasonCode code = answers.remove(packetId);
        if (code == null || code.isError()) {
            throw new IOException("SUBSCRIBE " + filter + " was refused: " + code);
        }
    }

    /** Unsubscribes; returns whether there was a subscription, as 5.0 tells. */
    boolean unsubscribe(String filter) throws IOException {
        int packetId = outgoing.nextId();
        note("UNSUBSCRIBE " + filter);
        current().send(Unsubscribe.of(packetId, filter));
        pumpUntil(() -> answers.containsKey(packetId), "UNSUBACK");
        return answers.remove(packetId) == ReasonCode.SUCCESS;
    }

    private interface Condition {

        boolean holds();
    }

    private void pumpUntil(Condition condition, String what) throws IOException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while (!condition.holds()) {
            if (System.nanoTime() > deadlineNs) {
                close();
                throw new IOException("no " + what + " in time");
            }
            pump(TURN_MS);
        }
    }

    /**
     * Sends what there is to send, waits for packets and answers them.
     *
     * @param timeoutMs how long to wait for the first, at least 1
     * @throws IOException if the connection is lost; {@link #close} has been done then
     */
    void pump(int timeoutMs) throws IOException {
        Connection current = current();
        try {
            current.flush();
            Packet packet = current.receive(timeoutMs);
            long nowNs = System.nanoTime();
            lastReceivedNs = packet == null ? lastReceivedNs : nowNs;
            while (packet != null) {
                handle(current, packet);
                packet = current.decode();
            }
            keepAlive(current, nowNs);
            current.flush();
        } catch (Connection.ProtocolException e) {
            around.findings().broken(Check.PROTOCOL, settings.clientId() + " " + e.getMessage(), trace);
            lost(e);
        } catch (IOException e) {
            lost(e);
        }
    }

    private void lost(IOException e) throws IOException {
        note("lost: " + e.getMessage());
        close();
        throw e;
    }

    private void keepAlive(Connection current, long nowNs) throws IOException {
        if (nowNs - lastReceivedNs > SILENCE_NS) {
            throw new IOException("nothing came for 10 s");
        }
        if (nowNs - lastPingNs > PING_NS) {
            lastPingNs = nowNs;
            current.send(new PingReq());
        }
    }

    private void handle(Connection from, Packet packet) throws IOException {
        if (packet instanceof Publish publish) {
            received(from, publish);
        } else if (packet instanceof PubAck ack) {
            finished(ack.packetId(), "PUBACK", ack.reasonCode());
        } else if (packet instanceof PubRec ack) {
            if (ack.reasonCode().isError()) {
                finished(ack.packetId(), "PUBREC", ack.reasonCode());
            } else {
                received(from, ack.packetId());
            }
        } else if (packet instanceof PubRel ack) {
            note("got PUBREL", ack.packetId());
            deliveries.released(ack.packetId());
            acknowledge(from, "PUBCOMP", PubComp.of(ack.packetId()), ack.packetId());
        } else if (packet instanceof PubComp ack) {
            note("got PUBCOMP", ack.packetId());
            inUse(outgoing.completed(ack.packetId()), "PUBCOMP", ack.packetId());
        } else if (packet instanceof SubAck ack) {
            note("got SUBACK", ack.packetId());
            answers.put(ack.packetId(), ack.reasonCodes().get(0));
        } else if (packet instanceof UnsubAck ack) {
            note("got UNSUBACK", ack.packetId());
            answers.put(
                    ack.packetId(),
                    ack.reasonCodes().isEmpty()
                            ? ReasonCode.SUCCESS
                            : ack.reasonCodes().get(0));
        } else if (packet instanceof ConnAck ack) {
            accepted(from, ack);
        } else if (packet instanceof Disconnect disconnect) {
            disconnected(disconnect.reasonCode());
        } else if (!(packet instanceof PingResp)) {
            throw new Connection.ProtocolException("got " + packet.type());
        }
    }

    private static void disconnected(ReasonCode code) throws IOException {
        switch (code) {
            case SERVER_SHUTTING_DOWN, SERVER_BUSY, KEEP_ALIVE_TIMEOUT, QUOTA_EXCEEDED, ADMINISTRATIVE_ACTION ->
                throw new IOException("DISCONNECT: " + code);
            default -> throw new Connection.ProtocolException("was sent away with DISCONNECT: " + code);
        }
    }

    private void received(Connection from, Publish publish) throws IOException {
        Message message = Message.of(publish.payload());
        int packetId = publish.packetId();
        trace.note(System.nanoTime(), connections, "got PUBLISH", packetId, publish.qos(), publish.dup(), message);
        if (message == null) {
            throw new Connection.ProtocolException("got a payload that nobody has sent");
        }
        boolean fresh = true;
        if (publish.qos() > 0) {
            Deliveries.Ruling ruling = deliveries.received(packetId, publish.qos(), publish.dup(), message);
            around.judge().complain(ruling.complaint(), trace);
            fresh = ruling.fresh();
            heldAcks.add(new Held(packetId, publish.qos()));
            releaseAcks(from);
        }
        if (fresh) {
            application.delivered(message, publish, trace);
        }
    }

    private void releaseAcks(Connection to) {
        while (heldAcks.size() > heldAcksLimit) {
            Held held = heldAcks.removeFirst();
            deliveries.acknowledged(held.packetId(), held.qos());
            if (held.qos() == 1) {
                acknowledge(to, "PUBACK", PubAck.of(held.packetId()), held.packetId());
            } else {
                acknowledge(to, "PUBREC", PubRec.of(held.packetId()), held.packetId());
            }
        }
    }

    /** Leaves nothing unacknowledged any more. */
    void holdNothing() {
        heldAcksLimit = 0;
        if (connection != null) {
            releaseAcks(connection);
        }
    }

    private void acknowledge(Connection to, String what, Packet packet, int packetId) {
        note(what, packetId);
        to.send(packet);
    }

    private void finished(int packetId, String what, ReasonCode code) throws IOException {
        note("got " + what + (code.isError() ? " " + code : ""), packetId);
        Outgoing.InFlight publish = outgoing.finished(packetId);
        inUse(publish != null, what, packetId);
        if (publish != null && code.isError()) {
            around.judge().refused(code);
        } else if (publish != null) {
            around.judge().acknowledged(publish.message());
        }
    }

    private void received(Connection from, int packetId) throws IOException {
        note("got PUBREC", packetId);
        Outgoing.InFlight publish = outgoing.received(packetId);
        inUse(publish != null, "PUBREC", packetId);
        if (publish != null) {
            around.judge().acknowledged(publish.message());
        }
        acknowledge(from, "PUBREL", PubRel.of(packetId), packetId);
    }

    private static void inUse(boolean known, String what, int packetId) throws IOException {
        if (!known) {
            throw new Connection.ProtocolException("got " + what + " with id " + packetId + ", which waits for none");
        }
    }

    /** What is wrong at the end, when nothing more comes; null if nothing is. */
    @Nullable
    String unfinished() {
        if (outgoing.size() > 0) {
            return "has no acknowledgement for " + outgoing.size() + " of its messages";
        }
        return deliveries.open() > 0 ? "has deliveries that are not finished: " + deliveries.describeOpen() : null;
    }

    /** Leaves with DISCONNECT. */
    void leave() throws IOException {
        Connection current = current();
        note("DISCONNECT");
        current.send(Disconnect.of(ReasonCode.SUCCESS));
        current.flush();
        connection = null;
        current.leave();
    }

    /** Cuts the connection. */
    @Override
    public void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }

    private Connection current() {
        if (connection == null) {
            throw new IllegalStateException("not connected");
        }
        return connection;
    }

    private void note(String what) {
        trace.note(System.nanoTime(), connections, what);
    }

    private void note(String what, int packetId) {
        trace.note(System.nanoTime(), connections, what, packetId);
    }
}
