package io.perdure.recovery.sim;

import io.perdure.server.config.Limits;
import io.perdure.server.connection.ConnectionLoop;
import io.perdure.server.connection.Counters;
import io.perdure.server.connection.RateLimitedLog;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Durability;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.ledger.Ledger;
import io.perdure.storage.ledger.StartProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A broker over an engine in memory; it does nothing by itself, and can die and come back. */
final class SimBroker {

    static final long WILL_GRACE_MS = 2_000;

    private static final int LANES = 2;

    private final SimClock clock;
    private final Durability durability;
    private final Limits limits;
    private final long deliveryBytes;
    private final List<SimLane> lanes = new ArrayList<>();
    private final List<ConnectionLoop> loops = new ArrayList<>();
    private final List<Link> links = new ArrayList<>();
    private MemoryEngine engine = new MemoryEngine(Family.all());
    private SimBackground background = new SimBackground();
    private Ledger ledger;
    private int assigned;

    SimBroker(SimClock clock, Durability durability, ShareStrategy strategy, Limits limits, long deliveryBytes) {
        this.clock = clock;
        this.durability = durability;
        this.limits = limits;
        this.deliveryBytes = deliveryBytes;
        this.ledger = open(strategy);
    }

    private Ledger open(ShareStrategy strategy) {
        SubscriptionIndex index = new SubscriptionIndex(1);
        background = new SimBackground();
        lanes.clear();
        loops.clear();
        StoreOptions options = StoreOptions.in(Path.of("memory"), e -> {
                    throw new AssertionError("the store has failed", e);
                })
                .withDurability(durability)
                .withWillGraceMs(WILL_GRACE_MS)
                .withShareStrategy(strategy)
                .withClock(clock);
        Ledger opened = Ledger.open(engine, options, index, background, new StartProgress(clock));
        ConnectionLoop.Shared shared = new ConnectionLoop.Shared(
                opened,
                index,
                limits,
                deliveryBytes,
                clock,
                new RateLimitedLog(line -> {}, clock, 10),
                new Counters(),
                () -> "assigned-" + ++assigned);
        for (int i = 0; i < LANES; i++) {
            SimLane lane = new SimLane();
            lanes.add(lane);
            loops.add(new ConnectionLoop(lane, shared));
        }
        return opened;
    }

    List<SimLane> lanes() {
        return lanes;
    }

    SimBackground background() {
        return background;
    }

    /** The connections; those of which nobody has to see any more are to be taken out. */
    List<Link> links() {
        return links;
    }

    Link accept(SimClient client, int lane, int capacityBytes) {
        Link link = new Link(client, loops.get(lane), lanes.get(lane), capacityBytes);
        links.add(link);
        return link;
    }

    boolean stepLedger() {
        return ledger.step();
    }

    void tick() {
        loops.forEach(ConnectionLoop::tick);
    }

    /** The next group is written when the broker dies: nobody hears of it. */
    void breakAtNextWrite() {
        engine.breakAtNextWrite();
    }

    int unsynced() {
        return engine.unsyncedBatches();
    }

    /** Dies; of what was sent some arrives. With {@code fsync} the power fails: any suffix of what was not synced is lost. */
    void die(SplittableRandom random) {
        for (Link link : links) {
            link.cut(link.downBytes() == 0 ? 0 : random.nextInt(link.downBytes() + 1));
            link.brokerDied();
        }
        loseMemory(random);
    }

    /** Stops cleanly, as on SIGTERM; what was sent arrives. */
    void stop() {
        loops.forEach(ConnectionLoop::stop);
        ledger.finish();
        for (Link link : links) {
            link.cut(link.downBytes());
            link.brokerDied();
        }
        engine = engine.crash(durability == Durability.FSYNC ? 0 : engine.unsyncedBatches());
    }

    private void loseMemory(SplittableRandom random) {
        int unsynced = engine.unsyncedBatches();
        int kept = random.nextBoolean() ? 0 : random.nextInt(unsynced + 1);
        engine = engine.crash(durability == Durability.FSYNC ? kept : unsynced);
    }

    /**
     * Starts on what is left.
     *
     * @param deaths how many times it dies in its recovery first
     */
    void start(ShareStrategy strategy, int deaths, SplittableRandom random) {
        for (int i = 0; i < deaths; i++) {
            engine.breakAtNextWrite();
            try {
                open(strategy);
            } catch (StoreException e) {
                // as asked for
            }
            loseMemory(random);
        }
        ledger = open(strategy);
    }
}
