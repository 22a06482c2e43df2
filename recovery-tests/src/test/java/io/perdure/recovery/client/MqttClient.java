package io.perdure.recovery.client;

import io.perdure.recovery.client.TraceEvent.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A client over sockets; its session outlives its connections, see {@link ClientSession}.
 *
 * <p>All methods may be called from any thread; {@link #connect} by one at a time.
 */
public final class MqttClient implements AutoCloseable {

    private final ClientOptions options;
    private final InetSocketAddress address;
    private final Trace trace;
    private final ClientSession session;
    private final Handler handler = new Handler();
    private int connections;
    private boolean paused;
    private boolean leaving;
    private @Nullable Connection connection;

    /**
     * A client that is not connected yet.
     *
     * @param application gets each message that is no repetition, under the client's lock
     */
    public MqttClient(ClientOptions options, InetSocketAddress address, Trace trace, Consumer<TraceEvent> application) {
        this.options = options;
        this.address = address;
        this.trace = trace;
        this.session = new ClientSession(options, trace, System::nanoTime, application);
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
            leaving = false;
            paused = false;
            notifyAll();
            session.connect(cleanStart, will, opened::send);
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
        await(timeoutMs, () -> session.connAck() != null || connection != opened);
        return connection == opened ? session.connAck() : null;
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
            await(timeoutMs, () -> !connected() || session.mayPublish());
            current = connection;
            if (current == null || !connected() || !session.mayPublish()) {
                return false;
            }
            session.publish(topic, qos, retain, expiryS, payload);
        }
        current.flush();
        return true;
    }

    /** Waits until all that was published is acknowledged to its end. */
    public synchronized boolean awaitAcknowledged(long timeoutMs) {
        await(timeoutMs, () -> !connected() || session.inFlight() == 0);
        return session.inFlight() == 0;
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
        return request(() -> session.subscribe(filters, properties), timeoutMs);
    }

    /** Unsubscribes and waits for UNSUBACK. */
    public void unsubscribe(List<String> filters, long timeoutMs) throws IOException {
        request(() -> session.unsubscribe(filters), timeoutMs);
    }

    private List<Integer> request(IntSupplier sending, long timeoutMs) throws IOException {
        Connection current;
        int id;
        synchronized (this) {
            current = connection;
            if (current == null || !connected()) {
                throw new IOException("not connected");
            }
            id = sending.getAsInt();
        }
        current.flush();
        synchronized (this) {
            await(timeoutMs, () -> session.answer(id) != null || connection != current);
            List<Integer> codes = session.answer(id);
            session.forget(id);
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
            before = session.pongs();
            session.ping();
        }
        current.flush();
        synchronized (this) {
            await(timeoutMs, () -> session.pongs() != before || connection != current);
            if (session.pongs() == before) {
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
            session.holdAcks(limit);
            current = connection;
            if (current == null) {
                return;
            }
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
            session.disconnect(0, properties);
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
        return connection != null && !leaving && session.accepted();
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
                session.received(packet);
                MqttClient.this.notifyAll();
            }
        }

        @Override
        public void closed(Connection from, IOException cause) {
            synchronized (MqttClient.this) {
                Kind kind = cause instanceof ProtocolViolation ? Kind.VIOLATION : Kind.CLOSED;
                String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
                session.closed(from.number(), kind, text);
                if (connection == from) {
                    connection = null;
                }
                MqttClient.this.notifyAll();
            }
        }
    }
}
