package io.perdure.jmh.server.routing;

import io.perdure.protocol.topic.TopicName;
import io.perdure.server.routing.RouteCache;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Route;
import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Subscription;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Finding the subscriptions of a Topic Name among 1,000 to 1,000,000 Topic Filters, each of a session of its own, and
 * changing one of them. The score is the time of one of these.
 *
 * <p>Topics are {@code site/S/device/D/sensor/K}, random among those that the filters cover, so each matches at least one
 * filter. The setup prints what the index weighs on the heap, without the subscriptions themselves.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class TopicMatchingBenchmark {

    /** The shape of the filters. */
    public enum Filters {
        /** All literal. */
        EXACT,
        /** {@code +} for one level: the first, the third or the last. */
        PLUS,
        /** {@code site/S/device/D/#}. */
        HASH,
        /** Three fifths EXACT, one fifth PLUS, one fifth HASH. */
        MIXED
    }

    private record Session(String clientId) implements SessionRef {
        @Override
        public @Nullable SessionLink link() {
            return null;
        }
    }

    private static final int TOPICS = 8_192;
    private static final int SITES = 100;
    private static final int SENSORS = 10;

    @Param({"1000", "100000", "1000000"})
    private int count = 1_000;

    @Param
    private Filters filters = Filters.MIXED;

    private final SubscriptionIndex index = new SubscriptionIndex(1);
    private final TopicName[] topics = new TopicName[TOPICS];
    private RouteCache cache = new RouteCache(index, TOPICS, 1_000_000);
    private Subscription[] subscriptions = {};
    private int next;

    /** Fills the index. */
    @Setup(Level.Trial)
    public void setUp() {
        subscriptions = new Subscription[count];
        for (int i = 0; i < count; i++) {
            subscriptions[i] = new Subscription(new Session("client-" + i), filter(i), null, 1, false, false, 0, 0);
        }
        long before = heapBytes();
        for (Subscription subscription : subscriptions) {
            index.add(subscription);
        }
        System.out.printf("%n# index: %d bytes/filter%n", (heapBytes() - before) / count);
        Random random = new Random(1);
        for (int i = 0; i < TOPICS; i++) {
            topics[i] = TopicName.of(topic(random.nextInt(count)));
        }
        cache = new RouteCache(index, 1_024, 1_000_000);
    }

    private static long heapBytes() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static String topic(int i) {
        return "site/" + i % SITES + "/device/" + i / SITES + "/sensor/" + i % SENSORS;
    }

    private String filter(int i) {
        Filters kind = filters;
        if (kind == Filters.MIXED) {
            kind = switch (i % 5) {
                case 3 -> Filters.PLUS;
                case 4 -> Filters.HASH;
                default -> Filters.EXACT;
            };
        }
        String site = Integer.toString(i % SITES);
        String device = Integer.toString(i / SITES);
        return switch (kind) {
            case PLUS ->
                switch (i % 3) {
                    case 0 -> "+/" + site + "/device/" + device + "/sensor/" + i % SENSORS;
                    case 1 -> "site/" + site + "/+/" + device + "/sensor/" + i % SENSORS;
                    default -> "site/" + site + "/device/" + device + "/sensor/+";
                };
            case HASH -> "site/" + site + "/device/" + device + "/#";
            default -> topic(i);
        };
    }

    private TopicName nextTopic() {
        next = (next + 1) & (TOPICS - 1);
        return topics[next];
    }

    /** Looks into the index. */
    @Benchmark
    public Route match() {
        return index.route(nextTopic().utf8());
    }

    /** Looks for one of four topics, which the cache of an event loop holds. */
    @Benchmark
    public Route matchCached() {
        next++;
        return cache.route(topics[next & 3]);
    }

    /** Removes a subscription and adds it again. */
    @Benchmark
    public long change() {
        next = (next + 7_919) % count;
        index.remove(subscriptions[next]);
        index.add(subscriptions[next]);
        return index.version();
    }
}
