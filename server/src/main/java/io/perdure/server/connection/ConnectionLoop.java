package io.perdure.server.connection;

import io.perdure.protocol.codec.DecodeScratch;
import io.perdure.protocol.session.ServerLimits;
import io.perdure.protocol.topic.TopicName;
import io.perdure.server.config.Limits;
import io.perdure.server.routing.RouteCache;
import io.perdure.storage.Lane;
import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.Store;
import io.perdure.storage.StoreOptions.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The connections of one event loop and what they share: routes seen lately, the way to other loops, and the list of
 * those that have something to write at the end of this turn.
 *
 * <p>Owner: the event loop; lives as long as the broker. Bound: the number of connections, which the transport limits.
 */
public final class ConnectionLoop {

    /**
     * What all loops of a broker share.
     *
     * @param deliveryBytes how much of their sessions' queues the connections of one loop may hold in memory together
     * @param clock the monotonic side is used for time-outs
     * @param clientIds makes the Client Identifiers that the broker assigns, each only once; called by any loop
     */
    public record Shared(
            Store store,
            Router router,
            Limits limits,
            long deliveryBytes,
            Clock clock,
            RateLimitedLog log,
            Counters counters,
            Supplier<String> clientIds) {}

    private static final int ROUTES = 16_384;
    private static final int OUTBOUND_ALIASES = 64;
    private static final int ROUTED_SUBSCRIPTIONS = 262_144;

    private final Lane lane;
    private final Shared shared;
    private final ServerLimits granted;
    private final RouteCache routes;
    private final LaneOutbox outbox;
    private final DeliveryMemory deliveryMemory;
    private final DecodeScratch scratch = new DecodeScratch();
    private final Set<Connection> connections = new HashSet<>();
    private List<Connection> dirty = new ArrayList<>();
    private List<Connection> flushing = new ArrayList<>();
    private boolean stopping;

    /** @param lane the event loop; all methods are called on it */
    public ConnectionLoop(Lane lane, Shared shared) {
        this.lane = lane;
        this.shared = shared;
        Limits limits = shared.limits();
        this.granted = ServerLimits.of(
                limits.receiveMaximum(),
                limits.maximumPacketSizeBytes(),
                limits.topicAliasMaximum(),
                OUTBOUND_ALIASES,
                limits.sessionExpiryMaximumS(),
                limits.keepAliveMaximumS(),
                limits.mqtt31ClientIdMaximum());
        this.routes = new RouteCache(shared.router(), ROUTES, ROUTED_SUBSCRIPTIONS);
        this.deliveryMemory =
                new DeliveryMemory(shared.deliveryBytes(), shared.limits().deliveryBufferBytes());
        this.outbox = new LaneOutbox(lane, shared.counters());
    }

    /**
     * A client has connected.
     *
     * @param peer where from, for the log
     */
    public Connection open(Wire wire, String peer) {
        return open(wire, peer, false);
    }

    /** The same of a connection that is one too many: its client is told so in answer to its CONNECT. */
    public Connection openSurplus(Wire wire, String peer) {
        return open(wire, peer, true);
    }

    private Connection open(Wire wire, String peer, boolean surplus) {
        Connection connection = new Connection(this, wire, peer, surplus, nowNs());
        connections.add(connection);
        if (stopping) {
            connection.stop();
        }
        return connection;
    }

    /** Looks for connections that were silent for too long: to be called about twice a second. */
    public void tick() {
        long nowNs = nowNs();
        for (Connection connection : connections.toArray(new Connection[0])) {
            connection.tick(nowNs);
        }
        shared.log().tick();
    }

    /** The broker stops: closes all connections, and further ones at once. */
    public void stop() {
        stopping = true;
        for (Connection connection : connections.toArray(new Connection[0])) {
            connection.stop();
        }
    }

    Lane lane() {
        return lane;
    }

    Store store() {
        return shared.store();
    }

    Limits limits() {
        return shared.limits();
    }

    /** What clients are granted at most. */
    ServerLimits granted() {
        return granted;
    }

    RateLimitedLog log() {
        return shared.log();
    }

    Counters counters() {
        return shared.counters();
    }

    String assignClientId() {
        return shared.clientIds().get();
    }

    long nowNs() {
        return shared.clock().monotonicNs();
    }

    DecodeScratch scratch() {
        return scratch;
    }

    LaneOutbox outbox() {
        return outbox;
    }

    DeliveryMemory deliveryMemory() {
        return deliveryMemory;
    }

    Route route(TopicName topic) {
        return routes.route(topic);
    }

    void closed(Connection connection) {
        connections.remove(connection);
    }

    /** The connection has something to write: it is asked to at the end of this turn of the loop. Once per turn. */
    void writeLater(Connection connection) {
        if (dirty.isEmpty()) {
            lane.execute(this::write);
        }
        dirty.add(connection);
    }

    private void write() {
        List<Connection> now = dirty;
        dirty = flushing;
        flushing = now;
        for (Connection connection : now) {
            connection.write();
        }
        now.clear();
    }
}
