package io.perdure.recovery.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Foreign clients that publish and receive while the broker is killed, and go on when it is back: nothing is lost, and
 * nothing of QoS 2 comes twice. Each library keeps its half of the state, the broker the other.
 */
@Timeout(120)
class ResumptionTest {

    private static final int BEFORE = 20;
    private static final int AFTER = 20;

    private final Clients clients = new Clients();
    private final CountDownLatch restarted = new CountDownLatch(1);

    @Test
    void allGoOnWhereTheyWereAfterKillMinusNine(@TempDir Path directory) throws Exception {
        Launch launch = Launch.perdure(directory.resolve("data"));
        ExecutorService threads = Executors.newCachedThreadPool();
        try (Libraries libraries = new Libraries();
                Relay relay = new Relay(launch.port())) {
            List<Candidate> candidates = libraries.candidates().stream()
                    .filter(c -> c.takesPart(Feature.RESUMPTION))
                    .toList();
            CountDownLatch busy = new CountDownLatch(candidates.size());
            List<Future<?>> runs = new ArrayList<>();
            try (BrokerProcess process = BrokerProcess.start(launch)) {
                process.awaitListening(Library.TIMEOUT_MS);
                for (Candidate candidate : candidates) {
                    Callable<?> run = run(candidate, relay.port(), busy);
                    runs.add(threads.submit(run));
                }
                busy.await(Library.TIMEOUT_MS, TimeUnit.MILLISECONDS);
                process.kill();
            }
            relay.cut();
            try (BrokerProcess process = BrokerProcess.start(launch)) {
                process.awaitListening(Library.TIMEOUT_MS);
                restarted.countDown();
                for (Future<?> run : runs) {
                    run.get(60, TimeUnit.SECONDS);
                }
                clients.close();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** Connects a publisher and a subscriber; the result publishes over the restart, and checks what has come. */
    private Callable<Void> run(Candidate candidate, int port, CountDownLatch busy) throws Exception {
        String topic = "on/" + candidate.id();
        ForeignClient subscriber = clients.resuming(candidate, "s", port);
        subscriber.subscribe(topic, 2);
        ForeignClient publisher = clients.resuming(candidate, "p", port);
        return () -> {
            int count = 0;
            for (int after = 0; after < AFTER; count++) {
                publisher.publish(Message.of(topic, String.valueOf(count), qos(count)));
                if (count == BEFORE) {
                    busy.countDown();
                }
                after += restarted.getCount() == 0 ? 1 : 0;
            }
            check(candidate, subscriber.inbox(), count);
            return null;
        };
    }

    private static int qos(int number) {
        return 1 + number % 2;
    }

    private static void check(Candidate candidate, Inbox inbox, int count) throws InterruptedException {
        List<Integer> exactlyOnce = new ArrayList<>();
        Set<Integer> atLeastOnce = new LinkedHashSet<>();
        while (exactlyOnce.size() + atLeastOnce.size() < count) {
            Message message = inbox.next();
            (message.qos() == 2 ? exactlyOnce : atLeastOnce).add(Integer.valueOf(message.payload()));
        }
        List<Integer> all = IntStream.range(0, count).boxed().toList();
        assertEquals(all.stream().filter(i -> qos(i) == 2).toList(), exactlyOnce, candidate::toString);
        assertEquals(all.stream().filter(i -> qos(i) == 1).toList(), List.copyOf(atLeastOnce), candidate::toString);
    }
}
