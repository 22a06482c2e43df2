package io.perdure.tools.torture;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What is asked once in each life of the broker: a client with a Will that is connected when the broker dies, a session
 * that asks for its subscriptions, and one that reads what is retained. For the thread of the run.
 */
final class Probes implements AutoCloseable {

    private static final int TURN_MS = 20;
    private static final long RETAINED_NS = TimeUnit.SECONDS.toNanos(10);

    private final Surroundings around;
    private final Names names;
    private final int wills;
    private final int retainer;
    private final Client asker;
    private int life;
    /** The life in which it made the subscription that it has; 0 if it can't know. */
    private int subscribedIn;
    /** The same of the subscription that it took back. */
    private int takenBackFrom;

    private @Nullable Client visitor;
    private @Nullable Message will;

    /**
     * @param wills the publisher that Wills count as
     * @param retainer the publisher of retained messages
     */
    Probes(Surroundings around, Names names, int wills, int retainer) {
        this.around = around;
        this.names = names;
        this.wills = wills;
        this.retainer = retainer;
        this.asker = new Client(
                new Client.Settings(names.client("asker"), MqttVersion.V5, true, 0),
                around,
                (message, publish, trace) -> {});
    }

    /** At the beginning of each life: asks, and leaves a client with a Will connected, which it returns. */
    Client visit() throws IOException {
        life++;
        askForSubscriptions();
        if (life > 1) {
            readRetained();
        }
        around.retain();
        will = null;
        Message entrusted = around.judge().next(wills);
        Client entered = new Client(
                new Client.Settings(
                        names.client("visitor-" + life), life % 2 == 0 ? MqttVersion.V5 : MqttVersion.V3_1_1, false, 0),
                around,
                (message, publish, trace) -> {});
        visitor = entered;
        entered.connect(Will.of(names.will(), entrusted.payload(0), 1, false));
        will = entrusted;
        return entered;
    }

    /** The broker has died. */
    void died() {
        if (will != null && visitor != null) {
            around.judge().willOwed(will);
            visitor.close();
        }
        asker.close();
    }

    /** Before the broker died one subscription was made, and one was taken back. */
    private void askForSubscriptions() throws IOException {
        asker.connect();
        int gone = takenBackFrom;
        takenBackFrom = 0;
        if (gone > 0) {
            boolean back = asker.unsubscribe(names.marker(gone));
            note(!back, "asker has a subscription again that it took back: " + names.marker(gone));
        }
        int there = subscribedIn;
        subscribedIn = 0;
        if (there > 0) {
            note(asker.unsubscribe(names.marker(there)), "asker lost its subscription " + names.marker(there));
            takenBackFrom = there;
        }
        asker.subscribe(names.marker(life), 1);
        subscribedIn = life;
    }

    private void note(boolean well, String otherwise) {
        around.findings().checked(Check.SUBSCRIPTIONS, 1);
        if (!well) {
            around.findings().broken(Check.SUBSCRIPTIONS, otherwise, asker.trace());
        }
    }

    private void readRetained() throws IOException {
        long acknowledged = around.judge().lastAcknowledged(retainer);
        Set<Integer> missing = new HashSet<>();
        for (long number = Math.max(1, acknowledged - Names.RETAINED + 1); number <= acknowledged; number++) {
            missing.add((int) (number % Names.RETAINED));
        }
        around.findings().checked(Check.RETAINED, missing.size());
        Client reader = new Client(
                new Client.Settings(names.client("reader-" + life), MqttVersion.V5, false, 0),
                around,
                (message, publish, trace) -> read(message, publish, trace, acknowledged, missing));
        try (reader) {
            reader.connect();
            reader.subscribe(names.allRetained(), 1);
            long deadlineNs = System.nanoTime() + RETAINED_NS;
            while (!missing.isEmpty() && System.nanoTime() < deadlineNs) {
                reader.pump(TURN_MS);
            }
            for (int topic : missing) {
                around.findings()
                        .broken(Check.RETAINED, "nothing is retained at " + names.retained(topic), reader.trace());
            }
            reader.leave();
        }
    }

    private void read(Message message, Publish publish, Trace trace, long acknowledged, Set<Integer> missing) {
        int topic = (int) (message.number() % Names.RETAINED);
        // a live copy will do: it has replaced what was retained
        if (!missing.remove(topic)) {
            return;
        }
        boolean outdated = message.number() <= acknowledged - Names.RETAINED;
        boolean foreign = message.publisher() != retainer
                || message.number() > around.judge().lastSent(retainer)
                || !names.retained(topic).equals(publish.topic());
        if (outdated || foreign) {
            around.findings()
                    .broken(
                            Check.RETAINED,
                            "retained at " + publish.topic() + " is " + message + ", though number " + acknowledged
                                    + " was acknowledged before it was read",
                            trace);
        }
    }

    /** Leaves nothing behind, as far as there is a broker. */
    void clear() throws IOException {
        if (visitor != null && visitor.connected()) {
            visitor.leave();
        }
        asker.endSession();
        Client cleaner = new Client(
                new Client.Settings(names.client("cleaner"), MqttVersion.V5, false, 0),
                around,
                (message, publish, trace) -> {});
        try (cleaner) {
            cleaner.connect();
            for (TopicName topic : names.retainedTopics()) {
                cleaner.clearRetained(topic);
            }
            cleaner.leave();
        }
    }

    @Override
    public void close() {
        for (Client client : visitor == null ? List.of(asker) : List.of(asker, visitor)) {
            client.close();
        }
    }
}
