package io.perdure.recovery.power;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import io.perdure.recovery.model.Model;
import io.perdure.recovery.model.Outage;
import io.perdure.recovery.model.Run;
import io.perdure.recovery.model.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A broker whose disk fails, one publisher, and two sessions that are away until the end. Its power is cut when it is
 * dead, so that the next one finds only what was synced.
 */
final class Casualty implements AutoCloseable {

    static final long TIMEOUT_MS = 60_000;

    private final long originNs = System.nanoTime();
    private final PowerCut power;
    private final Launch launch;
    private final List<Trace> traces = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private final MqttClient publisher;
    private final List<MqttClient> subscribers = new ArrayList<>();
    private @Nullable BrokerProcess broker;
    private long number;
    private long diedNs;

    Casualty(DiskShim disk, long seed) {
        this.power = new PowerCut(disk, seed);
        this.launch = Launch.perdure(disk.root().resolve("var/data"));
        this.publisher = client("publisher");
        subscribers.add(client("away-1"));
        subscribers.add(client("away-2"));
    }

    private MqttClient client(String clientId) {
        Trace trace = new Trace(clientId, Version.V5, originNs);
        traces.add(trace);
        return new MqttClient(ClientOptions.durable(clientId, Version.V5), launch.address(), trace, event -> {});
    }

    /** Starts the broker; does not wait for it. */
    BrokerProcess start() throws IOException {
        BrokerProcess started = BrokerProcess.start(power.prepare(launch));
        broker = started;
        return started;
    }

    /** Starts the broker, and the publisher connects. */
    void begin() throws IOException {
        start().awaitListening(TIMEOUT_MS);
        if (diedNs != 0) {
            outages.add(new Outage(diedNs, System.nanoTime()));
        }
        publisher.connect(false, TIMEOUT_MS);
    }

    void subscribe() throws IOException {
        for (MqttClient subscriber : subscribers) {
            subscriber.connect(false, TIMEOUT_MS);
            subscriber.subscribe(List.of(new Packet.Filter("t/#", 2)), 0, TIMEOUT_MS);
            subscriber.disconnect(TIMEOUT_MS);
        }
    }

    /** Publishes at QoS 1 and 2 in turn; less if the connection ends. */
    void publish(int count, int sizeBytes) {
        for (int i = 0; i < count; i++) {
            byte[] payload = Payload.of(Payload.key(0, number), sizeBytes);
            if (!publisher.publish("t/" + number % 3, 1 + (int) (number % 2), false, -1, payload, TIMEOUT_MS)) {
                return;
            }
            number++;
        }
    }

    /** Fills the memtable of the retained messages, more than once: RocksDB writes tables meanwhile. */
    void publishRetained(int count, int sizeBytes) {
        for (int i = 0; i < count; i++) {
            byte[] payload = Payload.of(Payload.key(0, number), sizeBytes);
            if (!publisher.publish("retained/" + i, 1, true, -1, payload, TIMEOUT_MS)) {
                return;
            }
            number++;
        }
    }

    boolean awaitAcknowledged() {
        return publisher.awaitAcknowledged(TIMEOUT_MS);
    }

    /** A session that was away comes, and reads from the store; or wants to. */
    void subscriberCalls() {
        try {
            subscribers.get(0).connect(false, TIMEOUT_MS);
        } catch (IOException e) {
            // the broker ends
        }
    }

    /** How many messages were acknowledged. */
    long acknowledged() {
        return publisher.trace().events().stream()
                .filter(event -> event.kind() == TraceEvent.Kind.PUBACK_IN || event.kind() == TraceEvent.Kind.PUBREC_IN)
                .filter(event -> event.reasonCode() < 0x80)
                .count();
    }

    BrokerProcess broker() {
        BrokerProcess running = broker;
        if (running == null) {
            throw new IllegalStateException("not started");
        }
        return running;
    }

    /** Waits until the broker has ended by itself, and cuts the power; its exit code. */
    int awaitDeath() throws IOException {
        int code = broker().awaitExit(TIMEOUT_MS);
        died();
        return code;
    }

    void kill() throws IOException {
        broker().kill();
        died();
    }

    private void died() throws IOException {
        diedNs = System.nanoTime();
        publisher.close();
        subscribers.forEach(MqttClient::close);
        power.brokerDied();
    }

    /** A broker on a disk that is well: everybody gets what is owed. Returns what is wrong. */
    List<Violation> recover() throws IOException {
        begin();
        publisher.awaitAcknowledged(TIMEOUT_MS);
        for (MqttClient subscriber : subscribers) {
            subscriber.connect(false, TIMEOUT_MS);
        }
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS);
        while ((Model.missing(run()) > 0 || !handedOver()) && System.nanoTime() < deadlineNs && broker().runsFor(50)) {
            for (MqttClient subscriber : subscribers) {
                subscriber.ping(TIMEOUT_MS);
            }
        }
        subscribers.forEach(subscriber -> subscriber.disconnect(TIMEOUT_MS));
        publisher.disconnect(TIMEOUT_MS);
        List<Violation> violations = Model.check(run());
        if (!violations.isEmpty()) {
            keepTraces();
        }
        return violations;
    }

    /** Writes all traces to files, for whoever looks for the reason. */
    private void keepTraces() throws IOException {
        Path directory = Files.createDirectories(Path.of("target", "io-error-traces"));
        for (Trace trace : traces) {
            Files.writeString(directory.resolve(trace.clientId() + ".txt"), trace.around(0, 0, trace.size()));
        }
        System.out.println("all traces are in " + directory.toAbsolutePath());
    }

    /** Whether all that came at QoS 2 has gone all its way. */
    private boolean handedOver() {
        for (MqttClient subscriber : subscribers) {
            Set<Integer> open = new HashSet<>();
            for (TraceEvent event : subscriber.trace().events()) {
                if (event.kind() == TraceEvent.Kind.PUBREC_OUT) {
                    open.add(event.packetId());
                } else if (event.kind() == TraceEvent.Kind.PUBCOMP_OUT) {
                    open.remove(event.packetId());
                }
            }
            if (!open.isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private Run run() {
        return new Run(traces, outages, Launch.WILL_GRACE_MS);
    }

    @Override
    public void close() {
        publisher.close();
        subscribers.forEach(MqttClient::close);
        if (broker != null) {
            broker.close();
        }
    }
}
