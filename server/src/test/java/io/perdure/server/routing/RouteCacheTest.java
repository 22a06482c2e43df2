package io.perdure.server.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.topic.TopicName;
import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.Subscription;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RouteCacheTest {

    private final SubscriptionIndex index = new SubscriptionIndex(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final Router router = new Router() {
        @Override
        public void add(Subscription subscription) {
            index.add(subscription);
        }

        @Override
        public void remove(Subscription subscription) {
            index.remove(subscription);
        }

        @Override
        public long version() {
            return index.version();
        }

        @Override
        public Route route(byte[] topic) {
            asked.incrementAndGet();
            return index.route(topic);
        }
    };
    private final TestSession anna = new TestSession("anna");

    @Test
    void asksOnceUntilTheSubscriptionsChange() {
        RouteCache cache = new RouteCache(router, 16, 1_000);
        Route first = cache.route(TopicName.of("a"));
        assertSame(first, cache.route(TopicName.of("a")));
        assertEquals(1, asked.get());

        router.add(anna.to("a"));
        Route second = cache.route(TopicName.of("a"));
        assertNotSame(first, second);
        assertEquals(1, second.size());
        assertSame(second, cache.route(TopicName.of("a")));

        router.remove(anna.to("a"));
        assertTrue(cache.route(TopicName.of("a")).isEmpty());
    }

    @Test
    void answersRightWhenThereAreMoreTopicsThanItHolds() {
        RouteCache cache = new RouteCache(router, 4, 1_000);
        for (int i = 0; i < 50; i++) {
            router.add(new TestSession("s" + i).to("topic/" + i));
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50; i++) {
                Route route = cache.route(TopicName.of("topic/" + i));
                assertEquals(1, route.size());
                assertEquals("s" + i, route.subscriptions().get(0).session().clientId());
            }
        }
    }

    @Test
    void keepsTwoTopicsThatAreInEachOthersWay() {
        RouteCache cache = new RouteCache(router, 2, 1_000);
        for (int i = 0; i < 10; i++) {
            cache.route(TopicName.of("a"));
            cache.route(TopicName.of("b"));
        }
        assertEquals(2, asked.get());
    }

    @Test
    void holdsNoMoreSubscriptionsThanItMay() {
        for (int i = 0; i < 6; i++) {
            router.add(new TestSession("s" + i).to("#"));
        }
        RouteCache cache = new RouteCache(router, 1_024, 20);
        for (int i = 0; i < 100; i++) {
            assertEquals(6, cache.route(TopicName.of("topic/" + i)).size());
            assertTrue(cache.weight() <= 20, "holds " + cache.weight());
        }
        // too large to be kept at all
        for (int i = 6; i < 30; i++) {
            router.add(new TestSession("s" + i).to("#"));
        }
        asked.set(0);
        cache.route(TopicName.of("a"));
        cache.route(TopicName.of("a"));
        assertEquals(2, asked.get());
    }

    @Test
    void doesNotKeepVeryLongTopics() {
        RouteCache cache = new RouteCache(router, 16, 1_000);
        TopicName longest = TopicName.of("x".repeat(65_535));
        cache.route(longest);
        cache.route(longest);
        assertEquals(2, asked.get());
    }
}
