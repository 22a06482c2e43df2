package io.perdure.server.routing;

import io.perdure.protocol.topic.TopicName;
import io.perdure.storage.Route;
import io.perdure.storage.Router;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The routes of the Topic Names that one event loop has published to lately: each is valid until the subscriptions change.
 *
 * <p>Used by one thread, lives as long as it. Bounded by the number of topics and by the number of subscriptions that all
 * its routes hold together; a topic takes the place of the one that was looked up longer ago of the two in its way, and
 * when the routes grow too large, all are dropped.
 */
public final class RouteCache {

    private static final int LONGEST_TOPIC_BYTES = 1_024;

    private final Router router;
    private final int maximumWeight;
    // pairs of slots; the first of a pair is the one that was used last
    private final @Nullable TopicName[] topics;
    private final @Nullable Route[] routes;
    private int weight;

    /**
     * @param router what answers if the cache can't
     * @param maximumTopics how many topics it holds at most, from 2 on; rounded up to a power of two
     * @param maximumSubscriptions how many subscriptions its routes may hold together
     */
    public RouteCache(Router router, int maximumTopics, int maximumSubscriptions) {
        this.router = router;
        this.maximumWeight = maximumSubscriptions;
        int capacity = Integer.highestOneBit(Math.max(2, maximumTopics) - 1) * 2;
        this.topics = new @Nullable TopicName[capacity];
        this.routes = new @Nullable Route[capacity];
    }

    /** Whom the messages of a topic go to, as of now. */
    public Route route(TopicName topic) {
        int hash = topic.hashCode() * 0x9E37_79B9;
        int first = (hash >>> 8) & (topics.length - 2);
        if (!topic.equals(topics[first])) {
            swap(first);
        }
        boolean known = topic.equals(topics[first]);
        Route route = routes[first];
        if (known && route != null && route.version() == router.version()) {
            return route;
        }
        Route fresh = router.route(topic.utf8());
        if (topic.utf8().length <= LONGEST_TOPIC_BYTES && fresh.size() <= maximumWeight) {
            store(first, topic, fresh);
        }
        return fresh;
    }

    /** How many subscriptions its routes hold together. */
    int weight() {
        return weight;
    }

    private void store(int slot, TopicName topic, Route fresh) {
        Route dropped = routes[slot];
        weight += fresh.size() - (dropped == null ? 0 : dropped.size());
        if (weight > maximumWeight) {
            Arrays.fill(topics, null);
            Arrays.fill(routes, null);
            weight = fresh.size();
        }
        topics[slot] = topic;
        routes[slot] = fresh;
    }

    private void swap(int first) {
        TopicName topic = topics[first];
        topics[first] = topics[first + 1];
        topics[first + 1] = topic;
        Route route = routes[first];
        routes[first] = routes[first + 1];
        routes[first + 1] = route;
    }
}
