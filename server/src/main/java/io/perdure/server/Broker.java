package io.perdure.server;

import io.perdure.server.config.BrokerConfig;
import io.perdure.server.config.Listener;
import io.perdure.server.connection.ConnectionLoop;
import io.perdure.server.connection.Counters;
import io.perdure.server.connection.RateLimitedLog;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.server.transport.Transport;
import io.perdure.storage.RecoveryReport;
import io.perdure.storage.Router;
import io.perdure.storage.SpaceSource;
import io.perdure.storage.Store;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.StoreOptions.Clock;
import io.perdure.storage.recovery.Recovery;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running broker, for a process of its own or inside another program.
 *
 * <pre>{@code
 * BrokerConfig config = BrokerConfig.defaults()
 *         .with("data", "/var/lib/example")
 *         .with("listen", "mqtt://127.0.0.1:0");
 * try (Broker broker = Broker.start(config, failure -> Runtime.getRuntime().halt(3))) {
 *     int port = broker.addresses().get(0).getPort();
 *     ...
 * }
 * }</pre>
 *
 * <p>Thread-safe. Its threads (the event loops, the ledger and those of the store) end with {@link #close}.
 */
public final class Broker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /** One part in so many of the heap may hold what waits to be sent. */
    private static final int DELIVERY_SHARE_OF_HEAP = 8;

    private static final int CLIENT_LOG_LINES_PER_SECOND = 10;

    private final Store store;
    private final Transport transport;
    private final Counters counters;
    private final List<InetSocketAddress> addresses;
    private boolean closed;

    private Broker(Store store, Transport transport, Counters counters, List<InetSocketAddress> addresses) {
        this.store = store;
        this.transport = transport;
        this.counters = counters;
        this.addresses = List.copyOf(addresses);
    }

    /**
     * Opens the store, recovers what is in it, and then opens the listeners: a client that connects finds its session.
     *
     * @param onStoreFailure called once, from a thread of the store, if the log can't be written any more: nothing will be
     *     acknowledged from then on, so the process should end at once and start again. Don't close the broker in it
     * @throws BrokerException if the store can't be opened or a listener can't; nothing is left open then
     */
    public static Broker start(BrokerConfig config, Consumer<Throwable> onStoreFailure) {
        return start(config, onStoreFailure, Clock.SYSTEM);
    }

    /** The same by another clock, for tests of what happens as time goes by. */
    public static Broker start(BrokerConfig config, Consumer<Throwable> onStoreFailure, Clock clock) {
        return start(config, onStoreFailure, clock, SpaceSource.of(config.dataDirectory()));
    }

    /** The same with another view of the disk, for tests of what happens as it fills. */
    static Broker start(BrokerConfig config, Consumer<Throwable> onStoreFailure, Clock clock, SpaceSource spaceSource) {
        SubscriptionIndex index = new SubscriptionIndex();
        StoreOptions options = StoreOptions.in(config.dataDirectory(), onStoreFailure)
                .withDurability(config.durability())
                .withRecovery(config.recovery())
                .withWillGraceMs(config.willGraceMs())
                .withShareStrategy(config.shareStrategy())
                .withSpaceLimits(config.spaceLimits())
                .withSpaceSource(spaceSource)
                .withClock(clock);
        Store store;
        try {
            store = Recovery.open(options, index);
        } catch (StoreException e) {
            throw new BrokerException(e);
        }
        try {
            return start(config, clock, index, store);
        } catch (IOException e) {
            store.close();
            throw new BrokerException(e);
        } catch (RuntimeException | Error e) {
            store.close();
            throw e;
        }
    }

    private static Broker start(BrokerConfig config, Clock clock, Router index, Store store) throws IOException {
        int loops =
                config.eventLoopThreads() == 0 ? Runtime.getRuntime().availableProcessors() : config.eventLoopThreads();
        Counters counters = new Counters();
        ConnectionLoop.Shared shared = new ConnectionLoop.Shared(
                store,
                index,
                config.limits(),
                Runtime.getRuntime().maxMemory() / DELIVERY_SHARE_OF_HEAP / loops,
                clock,
                new RateLimitedLog(LOG::info, clock, CLIENT_LOG_LINES_PER_SECOND),
                counters,
                () -> "perdure-" + UUID.randomUUID());
        Transport transport = new Transport(loops, config.limits(), shared);
        List<InetSocketAddress> addresses = new ArrayList<>();
        try {
            for (Listener listener : config.listeners()) {
                addresses.add(transport.listen(listener));
            }
        } catch (IOException | RuntimeException e) {
            transport.close();
            throw e;
        }
        return new Broker(store, transport, counters, addresses);
    }

    /** Where it listens, in the order of the configuration, with the ports that were given for port 0. */
    public List<InetSocketAddress> addresses() {
        return addresses;
    }

    /** What the store held at the start. */
    public RecoveryReport report() {
        return store.report();
    }

    /** How it is, as of a second ago at most. */
    public Health health() {
        return Health.of(store.space());
    }

    /** What it counts while it runs. */
    public Counters counters() {
        return counters;
    }

    /**
     * Stops cleanly, within 2 s: no new connections, DISCONNECT 0x8B to those that are there, what they have sent goes into
     * the log, and the store is closed. The Wills of connected clients stay in the store for the next start. A second call
     * does nothing.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        transport.stopConnections();
        store.close();
        transport.close();
    }
}
