package io.perdure.recovery.damage;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet.Filter;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import io.perdure.server.Broker;
import io.perdure.server.BrokerException;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.RecoveryReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Durable sessions, each with messages waiting in it, and the broker that has them: makes a store of them, and later looks
 * what is left.
 */
final class Fleet {

    static final int SESSIONS = 12;

    private static final long TIMEOUT_MS = 20_000;
    private static final int ROUNDS = 3;
    private static final int MESSAGES = 15;
    private static final int PAYLOAD_BYTES = 1500;

    private final Path directory;
    private final String recovery;

    Fleet(Path directory, String recovery) {
        this.directory = directory;
        this.recovery = recovery;
    }

    /**
     * What came of a session.
     *
     * @param present whether its client found it
     * @param received the messages that its client got from it
     */
    record Outcome(boolean present, NavigableSet<Long> received) {}

    static String client(int i) {
        return "client-" + i;
    }

    /** Messages that each session is to get. */
    static NavigableSet<Long> expected(int client) {
        NavigableSet<Long> keys = new TreeSet<>();
        for (int n = 0; n < ROUNDS * MESSAGES; n++) {
            keys.add(Payload.key(client, n));
        }
        return keys;
    }

    /** Fills a store: each start puts what the one before left in the log into tables. */
    void make() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            Broker broker = start(new CompletableFuture<>());
            try {
                for (int i = 0; round == 0 && i < SESSIONS; i++) {
                    try (MqttClient client = client(client(i), broker, new TreeSet<>())) {
                        client.connect(false, TIMEOUT_MS);
                        client.subscribe(
                                List.of(new Filter("to/" + i, 1), new Filter("unused/" + i, 2)), 0, TIMEOUT_MS);
                        client.disconnect(TIMEOUT_MS);
                    }
                }
                publish(broker, round);
            } finally {
                broker.close();
            }
        }
    }

    private static void publish(Broker broker, int round) throws IOException {
        try (MqttClient publisher = client("publisher", broker, new TreeSet<>())) {
            publisher.connect(true, TIMEOUT_MS);
            for (int i = 0; i < SESSIONS; i++) {
                for (int n = round * MESSAGES; n < (round + 1) * MESSAGES; n++) {
                    byte[] payload = Payload.of(Payload.key(i, n), PAYLOAD_BYTES);
                    publisher.publish("to/" + i, 1, false, -1, payload, TIMEOUT_MS);
                    // a group each
                    publisher.awaitAcknowledged(TIMEOUT_MS);
                }
            }
            publisher.publish("kept", 1, true, -1, Payload.of(Payload.key(99, round), 40), TIMEOUT_MS);
            publisher.awaitAcknowledged(TIMEOUT_MS);
            publisher.disconnect(TIMEOUT_MS);
        }
    }

    /**
     * Starts a broker.
     *
     * @param failure completed when its store fails
     * @throws BrokerException if it does not start
     */
    Broker start(CompletableFuture<Throwable> failure) {
        BrokerConfig config = BrokerConfig.defaults()
                .with("data", directory.toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("event-loop-threads", "1")
                .with("recovery", recovery);
        return Broker.start(config, failure::complete);
    }

    /**
     * All clients come back and take what is there.
     *
     * @param outcomes of earlier brokers on this store; what comes is added
     * @return why the store failed meanwhile; null if it didn't
     */
    @Nullable
    Throwable drain(Broker broker, CompletableFuture<Throwable> failure, Map<Integer, Outcome> outcomes)
            throws IOException {
        for (int i = 0; i < SESSIONS && !failure.isDone(); i++) {
            NavigableSet<Long> received =
                    outcomes.containsKey(i) ? outcomes.get(i).received() : new TreeSet<>();
            try (MqttClient client = client(client(i), broker, received)) {
                boolean present = client.connect(false, TIMEOUT_MS).sessionPresent();
                outcomes.putIfAbsent(i, new Outcome(present, received));
                if (!outcomes.get(i).present()) {
                    continue;
                }
                awaitAll(received, i, failure);
                if (!failure.isDone()) {
                    client.ping(TIMEOUT_MS); // the acknowledgements have arrived
                }
            } catch (IOException e) {
                if (!hasFailed(failure)) {
                    throw e;
                }
            }
        }
        return failure.getNow(null);
    }

    /** The client may be told of the end of its connection before the failure is. */
    private static boolean hasFailed(CompletableFuture<Throwable> failure) {
        try {
            failure.get(1, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitAll(NavigableSet<Long> received, int client, CompletableFuture<Throwable> failure) {
        NavigableSet<Long> wanted = expected(client);
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS / 10);
        synchronized (received) {
            while (!received.containsAll(wanted) && !failure.isDone() && System.nanoTime() < deadlineNs) {
                try {
                    received.wait(20);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private static MqttClient client(String id, Broker broker, NavigableSet<Long> received) {
        return new MqttClient(
                ClientOptions.durable(id, Version.V5),
                broker.addresses().get(0),
                Trace.silent(id, Version.V5),
                (TraceEvent event) -> {
                    synchronized (received) {
                        received.add(event.message());
                        received.notifyAll();
                    }
                });
    }

    /** What is in a report, for the clients that it names. */
    static Map<String, String> setAside(RecoveryReport report) {
        Map<String, String> byClient = new TreeMap<>();
        for (String sentence : report.setAside()) {
            int from = sentence.indexOf("client '");
            if (from >= 0) {
                int to = sentence.indexOf('\'', from + 8);
                byClient.put(sentence.substring(from + 8, to), sentence);
            }
        }
        return byClient;
    }
}
