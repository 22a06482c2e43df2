package io.perdure.server.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.topic.TopicFilter;
import io.perdure.storage.Route;
import io.perdure.storage.Subscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The index against trying every filter, over random additions and removals. */
class SubscriptionIndexDifferentialTest {

    private static final String[] LEVELS = {"a", "b", "", "$x", "temperature", "a-rather-long-level-ä"};

    @Test
    void findsWhatTryingEveryFilterFinds() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("SubscriptionIndexDifferentialTest seed " + seed);
        for (int round = 0; round < 20; round++) {
            run(new Random(seed + round), "seed " + seed + ", round " + round);
        }
    }

    private static void run(Random random, String about) {
        SubscriptionIndex index = new SubscriptionIndex(random.nextLong());
        List<TestSession> sessions = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            sessions.add(new TestSession("c" + i));
        }
        Map<String, Subscription> model = new HashMap<>();
        for (int step = 0; step < 1_500; step++) {
            // first mostly additions, then mostly removals
            boolean add = random.nextInt(1_500) > step || model.isEmpty();
            if (add) {
                Subscription added = randomSubscription(random, sessions);
                index.add(added);
                model.put(key(added), added);
            } else {
                List<String> keys = new ArrayList<>(model.keySet());
                Subscription removed = Objects.requireNonNull(model.remove(keys.get(random.nextInt(keys.size()))));
                index.remove(removed);
            }
            if (random.nextInt(3) == 0) {
                String topic = randomTopic(random);
                assertEquals(
                        expected(model, topic), found(index, topic), about + ", step " + step + ", topic " + topic);
            }
        }
        model.values().forEach(index::remove);
        assertTrue(index.isEmpty(), about);
    }

    private static Set<String> expected(Map<String, Subscription> model, String topic) {
        Set<String> matching = new TreeSet<>();
        model.forEach((key, subscription) -> {
            if (TopicFilter.of(subscription.fullFilter()).matches(topic.getBytes(UTF_8))) {
                matching.add(
                        subscription.shareName() == null
                                ? key + " " + subscription.subscriptionId()
                                : subscription.fullFilter());
            }
        });
        return matching;
    }

    private static Set<String> found(SubscriptionIndex index, String topic) {
        Set<String> matching = new TreeSet<>();
        Route route = index.route(topic.getBytes(UTF_8));
        route.subscriptions().forEach(s -> matching.add(key(s) + " " + s.subscriptionId()));
        route.shares().forEach(share -> matching.add(share.fullFilter()));
        assertEquals(matching.size(), route.size(), "nothing twice");
        return matching;
    }

    private static String key(Subscription s) {
        return s.session().clientId() + " " + s.fullFilter();
    }

    private static Subscription randomSubscription(Random random, List<TestSession> sessions) {
        String shareName = random.nextInt(4) == 0 ? "g" + random.nextInt(2) : null;
        return new Subscription(
                sessions.get(random.nextInt(sessions.size())),
                randomFilter(random),
                shareName,
                random.nextInt(3),
                false,
                false,
                0,
                random.nextInt(100));
    }

    private static String randomFilter(Random random) {
        int levels = 1 + random.nextInt(random.nextInt(8) == 0 ? 12 : 4);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            int choice = random.nextInt(12);
            parts.add(choice < 3 ? "+" : LEVELS[random.nextInt(LEVELS.length)]);
        }
        if (random.nextInt(4) == 0) {
            parts.add("#");
        }
        String filter = String.join("/", parts);
        return filter.isEmpty() ? "#" : filter;
    }

    private static String randomTopic(Random random) {
        int levels = 1 + random.nextInt(random.nextInt(8) == 0 ? 12 : 4);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            parts.add(LEVELS[random.nextInt(LEVELS.length)]);
        }
        String topic = String.join("/", parts);
        return topic.isEmpty() ? "/" : topic;
    }
}
