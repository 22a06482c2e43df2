package io.perdure.server.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Route;
import io.perdure.storage.Subscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SubscriptionIndexConcurrencyTest {

    private static final String[] STAYING = {"a/b/c", "a/+/c", "a/#", "#", "a/b/+", "+/b/c", "a/b/c/#", "a/+/+"};
    private static final String[] COMING = {
        "a/b/x/#", "a/+/c/d", "a/b/c/d", "x/+", "+", "a/+", "a/b/c", "a/+/c", "#", "a/+/x/y/#", "a/+/x/z", "a//c"
    };
    private static final byte[] TOPIC = "a/b/c".getBytes(UTF_8);

    /** Readers never miss what stays, and see a change as soon as they see its version. */
    @Test
    void readersNeverMissWhatStaysWhileOthersComeAndGo() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("SubscriptionIndexConcurrencyTest seed " + seed);
        SubscriptionIndex index = new SubscriptionIndex(seed);
        Set<TestSession> staying = new HashSet<>();
        for (String filter : STAYING) {
            TestSession session = new TestSession("staying " + filter);
            staying.add(session);
            index.add(session.to(filter));
        }
        // while set, the marker's subscription is in the index at that version and above
        AtomicLong markerFrom = new AtomicLong(Long.MAX_VALUE);
        TestSession marker = new TestSession("marker");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong reads = new AtomicLong();
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                running.add(readers.submit(() -> read(index, staying, marker, markerFrom, stop, reads)));
            }
            write(index, new Random(seed), marker, markerFrom, running);
            stop.set(true);
            for (Future<?> reader : running) {
                rethrow(reader);
            }
        } finally {
            stop.set(true);
            readers.shutdown();
            assertTrue(readers.awaitTermination(20, TimeUnit.SECONDS));
        }
        assertTrue(reads.get() > 0);
        for (TestSession session : staying) {
            index.remove(session.to(session.clientId().substring("staying ".length())));
        }
        assertTrue(index.isEmpty());
    }

    private static void write(
            SubscriptionIndex index,
            Random random,
            TestSession marker,
            AtomicLong markerFrom,
            List<Future<?>> readers) {
        List<Subscription> present = new ArrayList<>();
        List<TestSession> sessions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sessions.add(new TestSession("coming " + i));
        }
        Subscription marked = marker.to("a/b/c");
        for (int step = 0; step < 100_000; step++) {
            if (step % 1_000 == 0 && readers.stream().anyMatch(Future::isDone)) {
                break;
            }
            if (present.size() < 10 || (present.size() < 200 && random.nextBoolean())) {
                TestSession session = sessions.get(random.nextInt(sessions.size()));
                String filter = COMING[random.nextInt(COMING.length)];
                Subscription added = random.nextInt(4) == 0 ? session.sharing("g", filter) : session.to(filter);
                index.add(added);
                present.add(added);
            } else {
                index.remove(present.remove(random.nextInt(present.size())));
            }
            if (step % 20 == 0) {
                marked = marker.to(random.nextBoolean() ? "a/b/c" : "a/+/c/#");
                index.add(marked);
                markerFrom.set(index.version());
            } else if (step % 20 == 10) {
                markerFrom.set(Long.MAX_VALUE);
                index.remove(marked);
            }
        }
        markerFrom.set(Long.MAX_VALUE);
        index.remove(marked);
        present.forEach(index::remove);
    }

    private static void read(
            SubscriptionIndex index,
            Set<TestSession> staying,
            TestSession marker,
            AtomicLong markerFrom,
            AtomicBoolean stop,
            AtomicLong reads) {
        while (!stop.get()) {
            long from = markerFrom.get();
            Route route = index.route(TOPIC);
            boolean markerStays = from == markerFrom.get() && route.version() >= from;
            Set<Object> found = new HashSet<>();
            for (Subscription subscription : route.subscriptions()) {
                found.add(subscription.session());
            }
            assertTrue(found.containsAll(staying), () -> "missed one of " + staying + ", found " + found);
            assertTrue(!markerStays || found.contains(marker), "missed a subscription of the route's own version");
            reads.incrementAndGet();
        }
    }

    private static void rethrow(Future<?> reader) throws Exception {
        try {
            reader.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }
}
