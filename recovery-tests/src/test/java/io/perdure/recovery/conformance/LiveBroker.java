package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.StoreOptions.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A broker on a free port for all tests of a class, whose clock a test may put forward. Whatever the tests send, nothing
 * of it may show up as an exception in the log: that is checked at the end.
 */
final class LiveBroker implements BeforeAllCallback, AfterAllCallback {

    private static final int EVENT_LOOPS = 2;

    private final List<String> settings;
    private final AtomicLong aheadMs = new AtomicLong();
    private final AtomicInteger names = new AtomicInteger();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private PrintStream standardError = System.err;
    private @Nullable Path directory;
    private @Nullable Broker broker;

    private LiveBroker(List<String> settings) {
        this.settings = settings;
    }

    /**
     * A broker that is told nothing but where to listen, and these.
     *
     * @param settings keys and values in turn, as in the configuration file
     */
    static LiveBroker with(String... settings) {
        return new LiveBroker(List.of(settings));
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        standardError = System.err;
        System.setErr(new PrintStream(new Tee(log, standardError), true, StandardCharsets.UTF_8));
        directory = Files.createTempDirectory("perdure-conformance");
        start();
    }

    private void start() {
        BrokerConfig config = BrokerConfig.defaults()
                .with("data", present(directory).resolve("store").toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("event-loop-threads", Integer.toString(EVENT_LOOPS));
        for (int i = 0; i < settings.size(); i += 2) {
            config = config.with(settings.get(i), settings.get(i + 1));
        }
        broker = Broker.start(config, failure -> fail(failure), new MovedClock());
    }

    /** Stops the broker cleanly and starts it again with the same store, on another port. */
    void restart() {
        present(broker).close();
        start();
    }

    /** The same, and lets so much time pass in between. */
    void restartAfter(Duration time) {
        present(broker).close();
        advance(time);
        start();
    }

    /** A client that sends this after its CONNACK has to be told why, and disconnected; another one is served as before. */
    void refuses(Protocol version, int reasonCode, byte[]... packets) {
        try (Bystander bystander = Bystander.at(this);
                Peer peer = Peer.connected(this, version, unique("offender"))) {
            peer.send(packets);
            peer.expectDisconnect(reasonCode);
            bystander.expectServed();
        }
    }

    /**
     * Waits until the ends of connections that the broker has seen are in its log: a client on each event loop, which get
     * connections in turn, goes through the ledger after them.
     */
    void settle() {
        for (int i = 0; i < EVENT_LOOPS; i++) {
            Peer.connected(this, Protocol.MQTT_5, unique("settling")).disconnect();
        }
    }

    /** Lets so much time pass at once, for the sessions, the messages and the keep alive of all clients. */
    void advance(Duration time) {
        aheadMs.addAndGet(time.toMillis());
    }

    /**
     * The same, and waits until the broker has looked for silent clients on each event loop since: it has found one there,
     * whose Keep Alive was just over.
     */
    void advanceAndLook(Duration time) {
        int keepAliveS = (int) time.toSeconds() * 2 / 3;
        List<Peer> silent = new ArrayList<>();
        for (int i = 0; i < EVENT_LOOPS; i++) {
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, unique("silent")).keepAlive(keepAliveS);
            silent.add(Peer.connected(this, Protocol.MQTT_5, connect));
        }
        advance(time);
        for (Peer peer : silent) {
            peer.expectDisconnect(0x8D);
            peer.close();
        }
    }

    InetSocketAddress address() {
        return present(broker).addresses().get(0);
    }

    /** A client identifier or topic level that no other test uses. */
    String unique(String prefix) {
        return prefix + names.incrementAndGet();
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        present(broker).close();
        System.setErr(standardError);
        try (Stream<Path> files = Files.walk(present(directory))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        String said = log.toString(StandardCharsets.UTF_8);
        assertFalse(said.contains("\tat "), () -> "an exception in the log:\n" + said);
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not started");
        }
        return value;
    }

    private final class MovedClock implements Clock {

        @Override
        public long wallMs() {
            return Clock.SYSTEM.wallMs() + aheadMs.get();
        }

        @Override
        public long monotonicNs() {
            return Clock.SYSTEM.monotonicNs() + aheadMs.get() * 1_000_000;
        }
    }

    /** Writes to two streams. */
    private static final class Tee extends OutputStream {

        private final OutputStream first;
        private final OutputStream second;

        Tee(OutputStream first, OutputStream second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public void write(int b) throws IOException {
            first.write(b);
            second.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            first.write(bytes, offset, length);
            second.write(bytes, offset, length);
        }
    }
}
