package io.perdure.recovery.sim;

import io.perdure.recovery.model.Model;
import io.perdure.recovery.model.Outage;
import io.perdure.recovery.model.Run;
import io.perdure.recovery.model.Violation;
import io.perdure.server.config.BrokerConfig;
import io.perdure.server.config.Limits;
import io.perdure.storage.Durability;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One run: at each step the seed chooses one of all things that could happen now. At the end the faults stop, everybody
 * comes back twice, and the traces are checked.
 */
final class Simulation {

    /** How many steps a run has, if nobody wants fewer. */
    static final int STEPS = 1_200;

    private static final List<ShareStrategy> STRATEGIES = List.of(ShareStrategy.values());
    private static final int MAXIMUM_ROUNDS = 2_000;

    /**
     * How a run ended.
     *
     * @param hash the same for the same steps
     * @param text what was done, if it was asked for
     */
    record Outcome(List<Violation> violations, long hash, String text) {}

    private final SimClock clock = new SimClock();
    private final Steps steps;
    private final SplittableRandom random;
    private final SimBroker broker;
    private final List<SimClient> clients = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final List<Runnable> choices = new ArrayList<>();
    private final List<Violation> atRest = new ArrayList<>();
    private final int capacityBytes;
    /** How many times clients are told something before the broker dies, about. */
    private final int livesFor;

    private boolean diesNow;
    /** For so many steps the ledger does not come to its turn. */
    private int ledgerStalls;

    private Simulation(long seed, boolean readable) {
        this.steps = new Steps(clock, readable);
        this.random = new SplittableRandom(seed);
        boolean small = random.nextBoolean();
        this.livesFor = random.nextInt(3) == 0 ? 8 : 40;
        this.capacityBytes = small ? 300 : 1 << 20;
        Durability durability = random.nextInt(5) == 0 ? Durability.OS : Durability.FSYNC;
        this.broker = new SimBroker(clock, durability, strategy(), limits(small), 1 << 20);
        for (Part part : Cast.choose(random)) {
            clients.add(new SimClient(part, clock, steps, random.split(), this::connect));
        }
    }

    /** @param count how many steps before everything comes to rest */
    static Outcome run(long seed, int count, boolean readable) {
        Simulation simulation = new Simulation(seed, readable);
        for (int i = 0; i < count; i++) {
            simulation.step();
        }
        simulation.comeToRest();
        List<Violation> violations = new ArrayList<>(Model.check(simulation.run()));
        violations.addAll(simulation.atRest);
        return new Outcome(violations, simulation.steps.hash(), simulation.steps.text());
    }

    private Run run() {
        return new Run(clients.stream().map(SimClient::trace).toList(), List.copyOf(outages), SimBroker.WILL_GRACE_MS);
    }

    private static Limits limits(boolean small) {
        Limits usual = BrokerConfig.defaults().limits();
        return new Limits(
                usual.maximumPacketSizeBytes(),
                small ? 3 : usual.receiveMaximum(),
                usual.topicAliasMaximum(),
                usual.sessionExpiryMaximumS(),
                usual.keepAliveMaximumS(),
                usual.mqtt31ClientIdMaximum(),
                usual.maximumConnections(),
                usual.connectTimeoutMs(),
                usual.sendBufferBytes(),
                small ? 400 : usual.deliveryBufferBytes());
    }

    private ShareStrategy strategy() {
        return STRATEGIES.get(random.nextInt(STRATEGIES.size()));
    }

    private Link connect(SimClient client) {
        int lane = random.nextInt(broker.lanes().size());
        steps.note(client.name(), "opens a connection on loop", lane);
        return broker.accept(client, lane, capacityBytes);
    }

    // ---- steps

    private void step() {
        steps.next();
        clock.advanceNs(1_000);
        ledgerStalls = Math.max(0, ledgerStalls - 1);
        int dice = random.nextInt(1_000);
        if (dice < 4 || diesNow) {
            diesNow = false;
            die();
        } else if (dice < 5) {
            stopCleanly();
        } else if (dice < 9) {
            letTimePass(random.nextInt(1, random.nextBoolean() ? 10 : 150));
        } else if (dice < 15) {
            cut();
        } else if (dice < 40) {
            int ms = random.nextInt(1, 15);
            steps.note("clock", "ms", ms);
            clock.advanceNs(TimeUnit.MILLISECONDS.toNanos(ms));
        } else if (dice < 240 && ledgerStalls == 0) {
            stepLedger();
            ledgerStalls = random.nextInt(10) == 0 ? random.nextInt(60) : 0;
        } else if (!chooseOne()) {
            stepLedger();
        }
    }

    /** Does one of all things that can be done, but for the ledger's. */
    private boolean chooseOne() {
        choices.clear();
        collectChoices();
        if (choices.isEmpty()) {
            return false;
        }
        choices.get(random.nextInt(choices.size())).run();
        return true;
    }

    private void collectChoices() {
        for (int i = 0; i < broker.lanes().size(); i++) {
            int lane = i;
            if (broker.lanes().get(lane).hasWork()) {
                choices.add(() -> runLane(lane));
                choices.add(() -> runLane(lane));
            }
        }
        if (broker.background().waiting() > 0) {
            choices.add(() -> runBackground(random.nextInt(broker.background().waiting())));
        }
        for (SimClient client : clients) {
            if (client.wantsTurn()) {
                choices.add(() -> turn(client));
            }
        }
        broker.links().removeIf(Link::isOver);
        for (Link link : broker.links()) {
            if (link.upBytes() > 0) {
                choices.add(() -> up(link, chunk(link.upBytes())));
            }
            if (link.downBytes() > 0) {
                choices.add(() -> down(link, chunk(link.downBytes())));
            }
            if (link.brokerCanSeeEnd()) {
                choices.add(() -> brokerSeesEnd(link));
            }
            if (link.clientCanSee() != null) {
                choices.add(() -> clientSeesEnd(link));
            }
        }
    }

    private int chunk(int bytes) {
        return random.nextInt(3) == 0 ? random.nextInt(1, bytes + 1) : bytes;
    }

    private void turn(SimClient client) {
        steps.note(client.name(), "has its turn", 0);
        client.act();
    }

    private void runLane(int lane) {
        steps.note("loop", "runs a task", lane);
        broker.lanes().get(lane).runOne();
    }

    private void runBackground(int index) {
        steps.note("background", "runs task", index);
        broker.background().run(index);
    }

    private boolean stepLedger() {
        steps.note("ledger", "steps", broker.unsynced());
        return broker.stepLedger();
    }

    private void up(Link link, int bytes) {
        steps.note(link.client.name(), "bytes reach the broker:", bytes);
        link.deliverUp(bytes);
    }

    private void down(Link link, int bytes) {
        steps.note(link.client.name(), "bytes reach the client:", bytes);
        link.client.receive(link, link.takeDown(bytes));
        // what it was just told may be what is lost
        diesNow = random.nextInt(broker.unsynced() > 0 ? livesFor : 3 * livesFor) == 0;
    }

    private void brokerSeesEnd(Link link) {
        steps.note(link.client.name(), "broker sees the end of", link.number);
        link.brokerSeesEnd();
    }

    private void clientSeesEnd(Link link) {
        Link.End end = link.clientCanSee();
        if (end != null) {
            steps.note(link.client.name(), "client sees the end of", link.number);
            link.client.seesEnd(link, end);
        }
    }

    // ---- faults

    private void cut() {
        List<Link> whole = broker.links().stream()
                .filter(link -> !link.isCut() && !link.isOver())
                .toList();
        if (!whole.isEmpty()) {
            Link link = whole.get(random.nextInt(whole.size()));
            steps.note(link.client.name(), "cut of", link.number);
            link.cut(random.nextInt(200));
        }
    }

    /** Between two steps, or in the ledger's next write, which the event loops survive for a moment. */
    private void die() {
        if (random.nextInt(3) == 0) {
            steps.note("broker", "fails in a write", 0);
            broker.breakAtNextWrite();
            try {
                while (broker.stepLedger()) {
                    steps.note("ledger", "steps", broker.unsynced());
                }
            } catch (StoreException e) {
                steps.note("broker", "could not write", broker.unsynced());
                for (int left = random.nextInt(20); left > 0; left--) {
                    chooseOne();
                }
            }
        }
        steps.note("broker", "dies, batches not synced:", broker.unsynced());
        long killedNs = clock.eventNs();
        broker.die(random);
        startAgain(killedNs);
    }

    private void stopCleanly() {
        steps.note("broker", "stops", 0);
        long killedNs = clock.eventNs();
        broker.stop();
        startAgain(killedNs);
    }

    private void startAgain(long killedNs) {
        int downS = random.nextInt(3) == 0 ? random.nextInt(1, 120) : 0;
        if (downS > 0) {
            settleLinks(); // the clients see it before it is back
            clock.advanceNs(TimeUnit.SECONDS.toNanos(downS));
        }
        broker.start(strategy(), random.nextInt(5) == 0 ? 1 : 0, random);
        outages.add(new Outage(killedNs, clock.eventNs()));
        steps.note("broker", "is back after s:", downS);
    }

    /** Everything settles first: it is not for long that one side of a connection does not know what the other does. */
    private void letTimePass(int seconds) {
        steps.note("clock", "s", seconds);
        settle();
        for (int i = 0; i < seconds; i++) {
            clock.advanceNs(TimeUnit.SECONDS.toNanos(1));
            broker.tick();
            settle();
        }
    }

    /** Lets everything happen that is under way. */
    private void settle() {
        int rounds = 0;
        for (boolean any = true; any; ) {
            if (++rounds > MAXIMUM_ROUNDS) {
                throw new AssertionError("it does not come to rest");
            }
            any = stepLedger();
            for (int i = 0; i < broker.lanes().size(); i++) {
                while (broker.lanes().get(i).hasWork()) {
                    runLane(i);
                    any = true;
                }
            }
            while (broker.background().waiting() > 0) {
                runBackground(0);
                any = true;
            }
            any |= settleLinks();
        }
    }

    private boolean settleLinks() {
        boolean any = false;
        broker.links().removeIf(Link::isOver);
        for (Link link : List.copyOf(broker.links())) {
            if (link.upBytes() > 0) {
                up(link, link.upBytes());
                any = true;
            }
            if (link.downBytes() > 0) {
                down(link, link.downBytes());
                any = true;
            }
            if (link.brokerCanSeeEnd()) {
                brokerSeesEnd(link);
                any = true;
            }
            if (link.clientCanSee() != null) {
                clientSeesEnd(link);
                any = true;
            }
        }
        return any;
    }

    private void comeToRest() {
        steps.next();
        steps.note("run", "comes to rest", 0);
        settleAll();
        letTimePass(200);
        if (!clients.stream().allMatch(SimClient::settled)) {
            report("not all clients have been served");
        }
        int missing = Model.missing(run());
        if (missing > 0) {
            report(missing + " messages have not come without being asked for by another CONNECT");
        }
        clients.forEach(SimClient::leave);
        settle();
        settleAll();
        letTimePass(1);
        clients.forEach(SimClient::leave);
        settle();
        broker.links().removeIf(Link::isOver);
        for (Link link : broker.links()) {
            report("connection " + link.number + " of " + link.client.name() + " has been left open");
        }
    }

    private void report(String what) {
        atRest.add(new Violation("AtRest", what, ""));
    }

    private void settleAll() {
        for (int i = 0; i < 100; i++) {
            clients.forEach(SimClient::comeToRest);
            settle();
            if (clients.stream().allMatch(SimClient::settled)) {
                return;
            }
        }
    }
}
