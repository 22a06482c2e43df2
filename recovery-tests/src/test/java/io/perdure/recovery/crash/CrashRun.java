package io.perdure.recovery.crash;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.model.Model;
import io.perdure.recovery.model.Outage;
import io.perdure.recovery.model.Run;
import io.perdure.recovery.model.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A broker under load that dies again and again: kill -9 at random moments, in its recovery too, and now and then
 * SIGTERM. At the end everything is drained and the traces of all clients are checked.
 */
public final class CrashRun implements AutoCloseable {

    private static final long TIMEOUT_MS = 30_000;
    private static final int FIRST_WILL = 10_000;

    private final Launch launch;
    private final String name;
    private final Aftermath aftermath;
    private final SplittableRandom random;
    private final long originNs = System.nanoTime();
    private final Stage stage = new Stage();
    private final List<Participant> participants = new ArrayList<>();
    private final List<WillVisitor> visitors = new ArrayList<>();
    private final List<Trace> otherTraces = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private BrokerProcess broker;
    private long killedNs;

    /**
     * Starts the broker.
     *
     * @param name begins all Client Identifiers and Topic Names
     */
    public CrashRun(Launch launch, String name, long seed, Aftermath aftermath) throws IOException {
        this.launch = launch;
        this.name = name;
        this.aftermath = aftermath;
        this.random = new SplittableRandom(seed);
        this.broker = BrokerProcess.start(aftermath.prepare(varied()));
    }

    /**
     * With small buffers now and then, so that subscribers fall behind and are served from the store, and with another
     * strategy of share groups each time.
     */
    private Launch varied() {
        List<String> strategies = List.of("round-robin", "least-in-flight", "sticky");
        Launch chosen = launch.withEnvironment("PERDURE_SHARED_STRATEGY", strategies.get(random.nextInt(3)));
        if (random.nextBoolean()) {
            return chosen;
        }
        return chosen.withEnvironment("PERDURE_LIMITS_DELIVERY_BUFFER", "16KiB")
                .withEnvironment("PERDURE_LIMITS_SEND_BUFFER", "4KiB");
    }

    /**
     * Runs so many cycles of load and death, drains, and returns what was wrong.
     *
     * @param quietMs what is not delivered in a silence of this length is lost
     */
    public List<Violation> check(int cycles, long quietMs) throws IOException, InterruptedException {
        for (Role role : Roster.roles(name)) {
            join(role);
        }
        for (int cycle = 0; cycle < cycles; cycle++) {
            awaitBroker();
            visit(cycle);
            live(cycle);
            die(cycle);
        }
        awaitBroker();
        drain(quietMs);
        List<Violation> violations = Model.check(run());
        System.out.printf(
                "%d cycles in %d s: %d clients; %d PUBLISH sent, %d of them with DUP; %d received, %d of them with DUP;"
                        + " %d sessions resumed; %d violations%n",
                cycles,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - originNs),
                run().traces().size(),
                count(event -> event.kind() == Kind.PUBLISH_OUT),
                count(event -> event.kind() == Kind.PUBLISH_OUT && event.dup()),
                count(event -> event.kind() == Kind.PUBLISH_IN),
                count(event -> event.kind() == Kind.PUBLISH_IN && event.dup()),
                count(event -> event.kind() == Kind.CONNACK_IN && event.flag()),
                violations.size());
        if (!violations.isEmpty()) {
            keepTraces();
        }
        return violations;
    }

    /** Writes all traces to files, for whoever looks for the reason. */
    private void keepTraces() throws IOException {
        Path directory = Files.createDirectories(Path.of("target", "crash-traces"));
        for (Trace trace : run().traces()) {
            Files.writeString(directory.resolve(trace.clientId() + ".txt"), trace.around(0, 0, trace.size()));
        }
        System.out.println("all traces are in " + directory.toAbsolutePath());
    }

    private void join(Role role) {
        participants.add(new Participant(role, participants.size(), stage, random.split(), launch.address(), originNs));
    }

    private void awaitBroker() throws IOException {
        broker.awaitListening(TIMEOUT_MS);
        if (killedNs != 0) {
            outages.add(new Outage(killedNs, System.nanoTime()));
        }
        stage.up(true);
        for (WillVisitor visitor : visitors) {
            visitor.brokerIsBack();
        }
    }

    private void visit(int cycle) throws IOException {
        WillVisitor visitor = new WillVisitor(name, cycle, FIRST_WILL + cycle, launch.address(), originNs);
        visitors.add(visitor);
        visitor.visit();
    }

    private void live(int cycle) {
        long lifeMs = random.nextInt(4) == 0 ? random.nextLong(150) : random.nextLong(200, 1_800);
        long lateMs = random.nextLong(lifeMs + 1);
        boolean alive = broker.runsFor(lateMs);
        if (cycle % 3 == 1) {
            join(Roster.latecomer(name, cycle));
        }
        if (!alive || !broker.runsFor(lifeMs - lateMs)) {
            throw new AssertionError("the broker died by itself:\n" + broker.output());
        }
    }

    private void die(int cycle) throws IOException {
        stage.up(false);
        killedNs = System.nanoTime();
        if (cycle % 7 == 6) {
            stopBroker();
        } else {
            broker.kill();
        }
        aftermath.brokerDied();
        for (int doomed = aftermath.doomed(cycle); doomed > 0; doomed--) {
            broker = BrokerProcess.start(aftermath.prepareDoomed(varied(), random.split()));
            broker.runsFor(aftermath.doomedLifeMs(random));
            broker.kill();
            aftermath.brokerDied();
        }
        broker = BrokerProcess.start(aftermath.prepare(varied()));
    }

    /** Lets everything arrive, comes back once more, and lets everybody leave. */
    private void drain(long quietMs) throws IOException, InterruptedException {
        stage.drain();
        awaitNothingMissing(quietMs);
        MqttClient auditor = audit();
        for (Participant participant : participants) {
            participant.reconnect();
        }
        awaitNothingMissing(quietMs);
        participants.forEach(Participant::leave);
        auditor.disconnect(TIMEOUT_MS);
        stage.end();
        for (Participant participant : participants) {
            participant.join();
        }
        visitors.forEach(WillVisitor::close);
        stopBroker();
    }

    private void stopBroker() {
        int code = broker.stop(TIMEOUT_MS);
        if (code != 0) {
            throw new AssertionError("exit code " + code + " on SIGTERM:\n" + broker.output());
        }
    }

    /** A new client asks for all retained messages. */
    private MqttClient audit() throws IOException {
        String clientId = name + "auditor";
        Trace trace = new Trace(clientId, Version.V5, originNs);
        otherTraces.add(trace);
        MqttClient auditor = new MqttClient(
                ClientOptions.durable(clientId, Version.V5).withSessionExpiryS(0),
                launch.address(),
                trace,
                event -> stage.delivered());
        auditor.connect(true, TIMEOUT_MS);
        auditor.subscribe(List.of(new Packet.Filter(Roster.retained(name), 2)), 0, TIMEOUT_MS);
        return auditor;
    }

    private void awaitNothingMissing(long quietMs) {
        long deliveries = -1;
        long quietSinceNs = System.nanoTime();
        while (!participants.stream().allMatch(Participant::settled) || Model.missing(run()) > 0) {
            long now = stage.deliveries();
            if (now != deliveries) {
                deliveries = now;
                quietSinceNs = System.nanoTime();
            } else if (System.nanoTime() - quietSinceNs > TimeUnit.MILLISECONDS.toNanos(quietMs)) {
                return;
            }
            if (!broker.runsFor(200)) {
                throw new AssertionError("the broker died by itself:\n" + broker.output());
            }
        }
    }

    private Run run() {
        List<Trace> traces = new ArrayList<>(otherTraces);
        participants.forEach(participant -> traces.add(participant.trace()));
        visitors.forEach(visitor -> traces.add(visitor.trace()));
        return new Run(traces, List.copyOf(outages), Launch.WILL_GRACE_MS);
    }

    private long count(Predicate<TraceEvent> which) {
        return run().traces().stream()
                .flatMap(trace -> trace.events().stream())
                .filter(which)
                .count();
    }

    @Override
    public void close() {
        stage.end();
        broker.close();
    }
}
