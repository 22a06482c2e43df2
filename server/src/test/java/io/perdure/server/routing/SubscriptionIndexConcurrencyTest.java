package io.perdure.server.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Route;
import io.perdure.storage.Subscription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SubscriptionIndexConcurrencyTest {

    private static final String[] STAYING = {"a/b/c", "a/+/c", "a/#", "#", "a/b/+", "+/b/c", "a/b/c/#", "a/+/+"};
    private static final String[] COMING = {
        "a/b/x/#", "a/+/c/d", "a/b/c/d", "x/+", "+", "a/+", "a/b/c", "a/+/c", "#", "a/+/x/y/#", "a/+/x/z", "a//c"
    };
    private static final byte[] TOPIC = "a/b/c".getBytes(UTF_8);

    /** A read that did not find the marker, and the versions before and after it. */
    private record Miss(long before, long after) {}

    private final SubscriptionIndex index = new SubscriptionIndex(1);
    private final Set<TestSession> staying = new HashSet<>();
    private final TestSession marker = new TestSession("marker");
    // the versions that added the marker, and those that removed it
    private final NavigableMap<Long, Long> marked = new TreeMap<>();
    private final AtomicBoolean stop = new AtomicBoolean();

    /** Readers never miss what stays, and see what the version of their route has. */
    @Test
    void readersNeverMissWhatStaysWhileOthersComeAndGo() throws Exception {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("SubscriptionIndexConcurrencyTest seed " + seed);
        for (String filter : STAYING) {
            TestSession session = new TestSession("staying " + filter);
            staying.add(session);
            index.add(session.to(filter));
        }
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            List<Future<List<Miss>>> running = List.of(readers.submit(this::read), readers.submit(this::read));
            write(new Random(seed), running);
            stop.set(true);
            for (Future<List<Miss>> reader : running) {
                checkMisses(reader.get(20, TimeUnit.SECONDS));
            }
        } finally {
            stop.set(true);
            readers.shutdown();
            assertTrue(readers.awaitTermination(20, TimeUnit.SECONDS));
        }
        for (TestSession session : staying) {
            index.remove(session.to(session.clientId().substring("staying ".length())));
        }
        assertTrue(index.isEmpty());
    }

    private void write(Random random, List<? extends Future<?>> readers) {
        List<Subscription> present = new ArrayList<>();
        List<TestSession> sessions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            sessions.add(new TestSession("coming " + i));
        }
        Subscription mark = marker.to("a/b/c");
        long markedFrom = 0;
        for (int step = 0; step < 100_000; step++) {
            if (step % 1_000 == 0 && readers.stream().anyMatch(Future::isDone)) {
                return;
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
                mark = marker.to(random.nextBoolean() ? "a/b/c" : "a/+/c/#");
                index.add(mark);
                markedFrom = index.version();
            } else if (step % 20 == 10) {
                index.remove(mark);
                marked.put(markedFrom, index.version());
            }
        }
        present.forEach(index::remove);
    }

    private List<Miss> read() {
        List<Miss> misses = new ArrayList<>();
        while (!stop.get()) {
            Route route = index.route(TOPIC);
            long after = index.version();
            Set<Object> found = new HashSet<>();
            for (Subscription subscription : route.subscriptions()) {
                found.add(subscription.session());
            }
            assertTrue(found.containsAll(staying), () -> "missed one of " + staying + ", found " + found);
            if (!found.contains(marker) && misses.size() < 200_000) {
                misses.add(new Miss(route.version(), after));
            }
        }
        return misses;
    }

    private void checkMisses(List<Miss> misses) {
        assertTrue(misses.size() > 1_000, "there were " + misses.size());
        for (Miss miss : misses) {
            Map.Entry<Long, Long> interval = marked.floorEntry(miss.before);
            // the version before the one that removed it is that of a removal under way
            assertTrue(
                    interval == null || miss.after >= interval.getValue() - 1,
                    () -> miss + " although it was there over " + interval);
        }
    }
}
