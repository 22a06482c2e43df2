package io.perdure.recovery.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many messages for sessions that are away, kill -9, also while it recovers, restart, drain, with a small heap. Prints what it measures.
 * {@code -Dqueue.messages=1000000 -Dqueue.sessions=1000} is the size that the broker is made for.
 */
class LargeQueueTest {

    private static final long TIMEOUT_MS = 120_000;
    private static final int PUBLISHERS = 4;
    private static final int DRAINERS = 8;
    private static final int PAYLOAD_BYTES = 256;
    private static final long KILLED_IN_RECOVERY_MS = 600;

    private final int messages = Integer.getInteger("queue.messages", 20_000);
    private final int sessions = Integer.getInteger("queue.sessions", 100);

    @TempDir
    Path directory;

    private record Step(String name, double seconds) {}

    private final List<Step> steps = new ArrayList<>();

    private interface Work {
        void run() throws Exception;
    }

    @Test
    void drainsWithoutLossAfterARestart() throws Exception {
        Launch launch = Launch.perdure(directory.resolve("data")).withEnvironment("PERDURE_JAVA_OPTS", "-Xmx256m");
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            timed("subscribe", () -> inParallel(sessions, session -> subscribe(launch, session)));
            timed("publish", () -> inParallel(PUBLISHERS, publisher -> publish(launch, publisher)));
        }
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            assertTrue(broker.runsFor(KILLED_IN_RECOVERY_MS), broker::output);
        }
        long[] received = new long[1];
        timed("start after kill -9 and read everything", () -> {
            try (BrokerProcess broker = BrokerProcess.start(launch)) {
                timed("start after kill -9", () -> broker.awaitListening(TIMEOUT_MS));
                timed("drain", () -> received[0] = drain(launch));
                System.out.println(broker.output());
                System.out.println("memory: " + memory(broker));
                assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
            }
        });
        System.out.println(messages + " messages of " + PAYLOAD_BYTES + " bytes for " + sessions + " sessions:");
        steps.forEach(step -> System.out.printf("  %-42s %8.2f s%n", step.name(), step.seconds()));
        assertEquals(messages, received[0]);
    }

    private void timed(String name, Work work) throws Exception {
        long beganNs = System.nanoTime();
        work.run();
        steps.add(new Step(name, (System.nanoTime() - beganNs) / 1e9));
    }

    private interface Part {
        long run(int number) throws Exception;
    }

    /** Runs so many parts on a few threads and returns the sum of their results. */
    private static long inParallel(int parts, Part part) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(DRAINERS);
        try {
            List<Future<Long>> results = new ArrayList<>();
            for (int i = 0; i < parts; i++) {
                int number = i;
                results.add(threads.submit(() -> part.run(number)));
            }
            long sum = 0;
            for (Future<Long> result : results) {
                sum += result.get();
            }
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }

    private static MqttClient client(Launch launch, String clientId, int window, Consumer<TraceEvent> application) {
        return new MqttClient(
                ClientOptions.durable(clientId, Version.V5).withWindow(window),
                launch.address(),
                Trace.silent(clientId, Version.V5),
                application);
    }

    private static long subscribe(Launch launch, int session) throws IOException {
        MqttClient client = client(launch, "session-" + session, 1, event -> {});
        client.connect(false, TIMEOUT_MS);
        client.subscribe(List.of(new Packet.Filter("queue/" + session, 1)), 0, TIMEOUT_MS);
        client.disconnect(TIMEOUT_MS);
        return 1;
    }

    /** Message n is for session n modulo their number, and by publisher n modulo theirs. */
    private long publish(Launch launch, int publisher) throws IOException {
        MqttClient client = client(launch, "publisher-" + publisher, 2_000, event -> {});
        client.connect(true, TIMEOUT_MS);
        for (int n = publisher; n < messages; n += PUBLISHERS) {
            byte[] payload = Payload.of(Payload.key(publisher, n), PAYLOAD_BYTES);
            assertTrue(client.publish("queue/" + n % sessions, 1, false, -1, payload, TIMEOUT_MS), "not sent");
        }
        assertTrue(client.awaitAcknowledged(TIMEOUT_MS), "not acknowledged");
        client.disconnect(TIMEOUT_MS);
        return 1;
    }

    private long drain(Launch launch) throws Exception {
        return inParallel(sessions, session -> {
            int expected = messages / sessions + (session < messages % sessions ? 1 : 0);
            CountDownLatch left = new CountDownLatch(expected);
            long[] last = new long[PUBLISHERS];
            List<String> disorder = new ArrayList<>();
            MqttClient client = client(launch, "session-" + session, 1, event -> {
                int publisher = Payload.publisher(event.message());
                long number = Payload.number(event.message()) + 1;
                if (number <= last[publisher]) {
                    disorder.add(Payload.name(event.message()) + " after " + (last[publisher] - 1));
                }
                last[publisher] = number;
                left.countDown();
            });
            assertTrue(client.connect(false, TIMEOUT_MS).sessionPresent(), "no session " + session);
            boolean complete = left.await(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            client.disconnect(TIMEOUT_MS);
            assertTrue(complete, () -> "session " + session + " lacks " + left.getCount() + " of " + expected);
            assertEquals(List.of(), disorder);
            return expected;
        });
    }

    private static String memory(BrokerProcess broker) throws IOException {
        Path status = Path.of("/proc", Long.toString(broker.pid()), "status");
        if (!Files.exists(status)) {
            return "unknown";
        }
        return String.join(
                ", ",
                Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("VmHWM") || line.startsWith("VmRSS"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .toList());
    }
}
