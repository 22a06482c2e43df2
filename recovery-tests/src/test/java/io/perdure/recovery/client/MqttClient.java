package io.perdure.recovery.client;

import io.perdure.recovery.client.TraceEvent.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A client whose session state outlives its connections: it sends again what was not acknowledged (DUP, the same
 * identifiers, the original order) if the broker has the session, drops it if not, and tells a repeated QoS 2 message by
 * its Packet Identifier only: received and not released. In 3.1, where no broker tells, it takes the session to be there
 * unless it asked for a clean one.
 *
 * <p>All methods may be called from any thread; {@link #connect} by one at a time.
 */
public final class MqttClient implements AutoCloseable {

    private final ClientOptions options;
    private final InetSocketAddress address;
    private final Trace trace;
    private final Consumer<TraceEvent> application;
    private final Handler handler = new Handler();
    private final OutgoingMessages outgoing;
    private final Set<Integer> receivedNotReleased = new HashSet<>();
    private final Deque<Packet.Ack> heldAcks = new ArrayDeque<>();
    private final Map<Integer, List<String>> requests = new HashMap<>();
    private final Map<Integer, List<Integer>> answers = new HashMap<>();
    private int heldAcksLimit;
    private int connections;
    private int quota;
    private int pongs;
    private boolean paused;
    private boolean leaving;
    private boolean untoldSession;
    private @Nullable Connection connection;
    private Packet.@Nullable ConnAck connAck;

    /**
     * A client that is not connected yet.
     *
     * @param application gets each message that is no repetition, under the client's lock
     */
    public MqttClient(ClientOptions options, InetSocketAddress address, Trace trace, Consumer<TraceEvent> application) {
        this.options = options;
        this.outgoing = new OutgoingMessages(options.packetIds());
        this.address = address;
        this.trace = trace;
        this.application = application;
        this.heldAcksLimit = options.heldAcks();
    }

    public ClientOptions options() {
        return options;
    }

    public Trace trace() {
        return trace;
    }

    /**
     * Connects and resumes the session, or begins a new one.
     *
     * @throws IOException if there is no CONNACK in time or it refuses; {@link #close} has been done then
     */
    public Packet.ConnAck connect(boolean cleanStart, long timeoutMs) throws IOException {
        return connect(cleanStart, null, timeoutMs);
    }

    /** Connects with a Will. */
    public Packet.ConnAck connect(boolean cleanStart, @Nullable WillMessage will, long timeoutMs) throws IOException {
        close();
        return open(cleanStart, will, timeoutMs);
    }

    /**
     * Takes the session over on a second connection and leaves it to the broker to close the first, of which nothing is
     * read any more.
     */
    public Packet.ConnAck takeOver(boolean cleanStart, long timeoutMs) throws IOException {
        return open(cleanStart, null, timeoutMs);
    }

    private Packet.ConnAck open(boolean cleanStart, @Nullable WillMessage will, long timeoutMs) throws IOException {
        Socket socket = new Socket();
        Connection opened;
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, (int) timeoutMs);
            opened = new Connection(connections + 1, socket, options.version(), handler);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        synchronized (this) {
            connections++;
            connection = opened;
            connAck = null;
            leaving = false;
            untoldSession = options.version() == Version.V3_1 && !cleanStart;
            paused = false;
            heldAcks.clear();
            notifyAll();
            opened.send(connectPacket(cleanStart, will));
        }
        opened.start(options.clientId());
        opened.flush();
        Packet.ConnAck answer = awaitConnAck(opened, timeoutMs);
        if (answer == null || answer.reasonCode() != 0) {
            close();
            throw new IOException(options.clientId() + ": no session: " + answer);
        }
        return answer;
    }

    private synchronized Packet.@Nullable ConnAck awaitConnAck(Connection opened, long timeoutMs) {
        await(timeoutMs, () -> connAck != null || connection != opened);
        return connection == opened ? connAck : null;
    }

    private Packet.Connect connectPacket(boolean cleanStart, @Nullable WillMessage will) {
        Properties properties = Properties.NONE;
        if (options.version() == Version.V5) {
            properties = properties
                    .with(Properties.SESSION_EXPIRY, options.sessionExpiryS())
                    .with(Properties.RECEIVE_MAXIMUM, options.receiveMaximum())
                    .with(Properties.TOPIC_ALIAS_MAXIMUM, options.topicAliasMaximum());
        }
        note(new TraceEvent(
                System.nanoTime(),
                connections,
                Kind.CONNECT_OUT,
                options.receiveMaximum(),
                0,
                false,
                cleanStart,
                false,
                0,
                "",
                Payload.FOREIGN,
                options.version() == Version.V5 ? options.sessionExpiryS() : -1));
        if (will != null) {
            Packet.Publish message =
                    new Packet.Publish(false, will.qos(), will.retain(), will.topic(), 0, Properties.NONE, new byte[0]);
            TraceEvent event = TraceEvent.message(
                    System.nanoTime(), connections, Kind.WILL_OUT, message, Payload.keyOf(will.payload()), false);
            note(new TraceEvent(
                    event.timeNs(),
                    event.connection(),
                    event.kind(),
                    0,
                    event.qos(),
                    false,
                    event.flag(),
                    false,
                    0,
                    event.text(),
                    event.message(),
                    will.delayS()));
        }
        return new Packet.Connect(options.version(), options.clientId(), cleanStart, 0, will, properties);
    }

    /**
     * Publishes, waiting while the window or the broker's Receive Maximum is used up.
     *
     * @param expiryS Message Expiry Interval, or -1
     * @return false if there is no connection: it was not sent
     */
    public boolean publish(String topic, int qos, boolean retain, long expiryS, byte[] payload, long timeoutMs) {
        Connection current;
        synchronized (this) {
            await(timeoutMs, () -> !connected() || outgoing.inFlight() < Math.min(quota, options.window()));
            current = connection;
            if (current == null || !connected() || outgoing.inFlight() >= Math.min(quota, options.window())) {
                return false;
            }
            Properties properties = expiryS >= 0 && options.version() == Version.V5
                    ? Properties.NONE.with(Properties.MESSAGE_EXPIRY, expiryS)
                    : Properties.NONE;
            int id = qos == 0 ? 0 : outgoing.nextId(requests.keySet());
            Packet.Publish publish = new Packet.Publish(false, qos, retain, topic, id, properties, payload);
            if (qos > 0) {
                outgoing.published(publish);
            }
            send(current, publish);
        }
        current.flush();
        return true;
    }

    /** Waits until all that was published is acknowledged to its end. */
    public synchronized boolean awaitAcknowledged(long timeoutMs) {
        await(timeoutMs, () -> !connected() || outgoing.inFlight() == 0);
        return outgoing.inFlight() == 0;
    }

    /**
     * Subscribes and waits for SUBACK.
     *
     * @param subscriptionId of 5.0; 0 for none
     */
    public List<Integer> subscribe(List<Packet.Filter> filters, int subscriptionId, long timeoutMs) throws IOException {
        Properties properties = subscriptionId == 0
                ? Properties.NONE
                : Properties.NONE.with(Properties.SUBSCRIPTION_ID, subscriptionId);
        List<String> names = filters.stream().map(Packet.Filter::filter).toList();
        return request(names, id -> new Packet.Subscribe(id, filters, properties), timeoutMs);
    }

    /** Unsubscribes and waits for UNSUBACK. */
    public void unsubscribe(List<String> filters, long timeoutMs) throws IOException {
        request(filters, id -> new Packet.Unsubscribe(id, filters), timeoutMs);
    }

    private List<Integer> request(List<String> filters, IntFunction<Packet> packet, long timeoutMs) throws IOException {
        Connection current;
        int id;
        synchronized (this) {
            current = connection;
            if (current == null || !connected()) {
                throw new IOException("not connected");
            }
            id = outgoing.nextId(requests.keySet());
            requests.put(id, filters);
            send(current, packet.apply(id));
        }
        current.flush();
        synchronized (this) {
            await(timeoutMs, () -> answers.containsKey(id) || connection != current);
            requests.remove(id);
            List<Integer> codes = answers.remove(id);
            if (codes == null) {
                throw new IOException("no answer to a request of " + options.clientId());
            }
            return codes;
        }
    }

    /** Sends PINGREQ and waits for the answer. */
    public void ping(long timeoutMs) throws IOException {
        Connection current;
        int before;
        synchronized (this) {
            current = connection;
            if (current == null || !connected()) {
                throw new IOException("not connected");
            }
            before = pongs;
            send(current, new Packet.PingReq());
        }
        current.flush();
        synchronized (this) {
            await(timeoutMs, () -> pongs != before || connection != current);
            if (pongs == before) {
                throw new IOException("no PINGRESP for " + options.clientId());
            }
        }
    }

    /** Stops reading from the socket, or goes on. */
    public synchronized void pause(boolean on) {
        paused = on;
        notifyAll();
    }

    /** Changes how many acknowledgements are kept back. */
    public void holdAcks(int limit) {
        Connection current;
        synchronized (this) {
            heldAcksLimit = limit;
            current = connection;
            if (current == null) {
                return;
            }
            releaseAcks(current);
        }
        current.flush();
    }

    /** Leaves with DISCONNECT and waits until the broker has closed. */
    public void disconnect(long timeoutMs) {
        leave(Properties.NONE, timeoutMs);
    }

    /** The same, and ends the session with it; of 5.0. */
    public void endSession(long timeoutMs) {
        leave(Properties.NONE.with(Properties.SESSION_EXPIRY, 0), timeoutMs);
    }

    private void leave(Properties properties, long timeoutMs) {
        Connection current;
        synchronized (this) {
            current = connection;
            if (current == null) {
                return;
            }
            leaving = true;
            paused = false;
            send(current, new Packet.Disconnect(0, properties));
            notifyAll();
        }
        current.finish();
        synchronized (this) {
            await(timeoutMs, () -> connection != current);
        }
        close();
    }

    /** Cuts the connection without DISCONNECT and waits until its thread has seen it. */
    @Override
    public void close() {
        Connection current;
        synchronized (this) {
            current = connection;
            if (current == null) {
                return;
            }
            paused = false;
            notifyAll();
        }
        current.abort();
        synchronized (this) {
            await(TimeUnit.SECONDS.toMillis(10), () -> connection != current);
        }
    }

    public synchronized boolean connected() {
        Packet.ConnAck answer = connAck;
        return connection != null && !leaving && answer != null && answer.reasonCode() == 0;
    }

    /** The port of this end of the connection; 0 if there is none. */
    public synchronized int localPort() {
        return connection == null ? 0 : connection.localPort();
    }

    private synchronized void await(long timeoutMs, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        try {
            while (!condition.getAsBoolean()) {
                long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void note(TraceEvent event) {
        trace.add(event);
    }

    private void send(Connection to, Packet packet) {
        TraceNotes.sent(trace, to.number(), packet);
        to.send(packet);
    }

    private void releaseAcks(Connection to) {
        while (heldAcks.size() > heldAcksLimit) {
            send(to, heldAcks.removeFirst());
        }
    }

    /** What comes from the broker, on the connection's thread. */
    private final class Handler implements Connection.Handler {

        @Override
        public void beforeRead(Connection from) {
            synchronized (MqttClient.this) {
                await(TimeUnit.MINUTES.toMillis(10), () -> !paused || connection != from);
            }
        }

        @Override
        public void received(Connection from, Packet packet) {
            synchronized (MqttClient.this) {
                if (connection != from || leaving) {
                    return;
                }
                if (packet instanceof Packet.Publish publish) {
                    publishReceived(from, publish);
                } else {
                    TraceNotes.received(trace, from.number(), packet, requests);
                    answered(from, packet);
                }
                MqttClient.this.notifyAll();
            }
        }

        private void answered(Connection from, Packet packet) {
            if (packet instanceof Packet.ConnAck answer) {
                connAckReceived(from, answer);
            } else if (packet instanceof Packet.Ack ack) {
                ackReceived(from, ack);
            } else if (packet instanceof Packet.SubAck subAck) {
                answers.put(subAck.packetId(), subAck.reasonCodes());
            } else if (packet instanceof Packet.UnsubAck unsubAck) {
                answers.put(unsubAck.packetId(), unsubAck.reasonCodes());
            } else if (packet instanceof Packet.PingResp) {
                pongs++;
            }
        }

        private void connAckReceived(Connection from, Packet.ConnAck answer) {
            connAck = answer;
            if (answer.reasonCode() != 0) {
                return;
            }
            quota = (int) answer.properties().number(Properties.RECEIVE_MAXIMUM, 65_535);
            if (answer.sessionPresent() || untoldSession) {
                outgoing.resend().forEach(packet -> send(from, packet));
                return;
            }
            for (Packet.Publish dropped : outgoing.discard()) {
                note(TraceEvent.message(
                        System.nanoTime(),
                        from.number(),
                        Kind.DISCARDED,
                        dropped,
                        Payload.keyOf(dropped.payload()),
                        false));
            }
            receivedNotReleased.clear();
        }

        private void publishReceived(Connection from, Packet.Publish publish) {
            boolean fresh = publish.qos() < 2 || receivedNotReleased.add(publish.packetId());
            TraceEvent event = TraceEvent.message(
                    System.nanoTime(),
                    from.number(),
                    Kind.PUBLISH_IN,
                    publish,
                    Payload.keyOf(publish.payload()),
                    fresh);
            note(event);
            if (fresh) {
                application.accept(event);
            }
            if (publish.qos() > 0) {
                Packet.Step step = publish.qos() == 1 ? Packet.Step.PUBACK : Packet.Step.PUBREC;
                heldAcks.add(new Packet.Ack(step, publish.packetId(), 0));
                releaseAcks(from);
            }
        }

        private void ackReceived(Connection from, Packet.Ack ack) {
            int id = ack.packetId();
            switch (ack.step()) {
                case PUBACK -> outgoing.finished(id);
                case PUBREC -> {
                    if (ack.reasonCode() >= 0x80) {
                        outgoing.finished(id);
                    } else {
                        outgoing.received(id);
                        send(from, new Packet.Ack(Packet.Step.PUBREL, id, 0));
                    }
                }
                case PUBREL -> {
                    int code = receivedNotReleased.remove(id) || options.version() != Version.V5 ? 0 : 0x92;
                    heldAcks.add(new Packet.Ack(Packet.Step.PUBCOMP, id, code));
                    releaseAcks(from);
                }
                case PUBCOMP -> outgoing.completed(id);
            }
        }

        @Override
        public void closed(Connection from, IOException cause) {
            synchronized (MqttClient.this) {
                Kind kind = cause instanceof ProtocolViolation ? Kind.VIOLATION : Kind.CLOSED;
                String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
                note(TraceEvent.of(System.nanoTime(), from.number(), kind, text));
                if (connection == from) {
                    connection = null;
                    heldAcks.clear();
                }
                MqttClient.this.notifyAll();
            }
        }
    }
}
