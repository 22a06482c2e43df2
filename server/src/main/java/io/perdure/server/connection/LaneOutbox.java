package io.perdure.server.connection;

import io.perdure.storage.Lane;
import io.perdure.storage.Message;
import io.perdure.storage.Route;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way of QoS 0 messages that need no log, from one event loop to the connections of all: at once to those of the same
 * loop, to the others in one task per loop and read burst.
 *
 * <p>Owner: the sending event loop. Bound: {@link #MAXIMUM_BYTES} on the way to each other loop; what is beyond is dropped
 * and counted.
 */
final class LaneOutbox {

    static final long MAXIMUM_BYTES = 8 << 20;

    private final Lane lane;
    private final Counters counters;
    private final IdentityHashMap<Lane, Path> paths = new IdentityHashMap<>();

    LaneOutbox(Lane lane, Counters counters) {
        this.lane = lane;
        this.counters = counters;
    }

    /** Sends a message to a session, or nowhere if it is offline: QoS 0 is kept for nobody [MQTT-3.1.2-5]. */
    void add(Route.Target target, Message message) {
        if (!(target.session().link() instanceof Connection connection)) {
            return;
        }
        if (connection.lane() == lane) {
            connection.receive(message, target.subscriptionIds());
        } else {
            paths.computeIfAbsent(connection.lane(), Path::new).add(connection, message, target.subscriptionIds());
        }
    }

    /** Hands over what was added: at the end of a read burst. */
    void send() {
        if (!paths.isEmpty()) {
            paths.values().forEach(Path::send);
        }
    }

    /** To one other loop. */
    private final class Path {
        private final Lane to;
        private final AtomicLong bytesUnderWay = new AtomicLong();
        private List<Item> items = new ArrayList<>();
        private long bytes;

        Path(Lane to) {
            this.to = to;
        }

        void add(Connection connection, Message message, int[] subscriptionIds) {
            if (bytes + bytesUnderWay.get() > MAXIMUM_BYTES) {
                counters.addQos0Dropped();
                return;
            }
            items.add(new Item(connection, message, subscriptionIds));
            bytes += message.weightBytes();
        }

        void send() {
            if (items.isEmpty()) {
                return;
            }
            List<Item> batch = items;
            long batchBytes = bytes;
            items = new ArrayList<>();
            bytes = 0;
            bytesUnderWay.addAndGet(batchBytes);
            to.execute(() -> {
                bytesUnderWay.addAndGet(-batchBytes);
                for (Item item : batch) {
                    item.connection.receive(item.message, item.subscriptionIds);
                }
            });
        }
    }

    private record Item(Connection connection, Message message, int[] subscriptionIds) {}
}
