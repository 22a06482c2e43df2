package io.perdure.server.routing;

import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions of the broker. Written by the ledger's thread alone, read by any thread without a lock.
 *
 * <p>Filters without a wildcard are found with one look into a hash table, those with wildcards in a tree of levels. Lives
 * as long as the broker; its size is that of the subscriptions in it.
 *
 * <p>A reader never misses a subscription that was there before and stays. Of one that is added or removed while it
 * matches it may see either; the route then has an older {@link #version} than the index.
 */
public final class SubscriptionIndex implements Router {

    /** A Topic Filter without wildcards. */
    private static final class Exact extends KeyTable.Keyed {
        private volatile @Nullable Object subscribers;

        Exact(byte[] key, int hash, Object subscribers) {
            super(key, hash);
            this.subscribers = subscribers;
        }
    }

    private final SeededHash hashes;
    private final KeyTable<Exact> exact = new KeyTable<>();
    private final FilterTree wildcards;
    private final AtomicLong version = new AtomicLong();

    public SubscriptionIndex() {
        this(ThreadLocalRandom.current().nextLong());
    }

    /** @param seed of its hashes: the same seed gives the same order of targets, for runs that are to be repeated */
    public SubscriptionIndex(long seed) {
        this.hashes = new SeededHash(seed);
        this.wildcards = new FilterTree(hashes);
    }

    @Override
    public void add(Subscription subscription) {
        byte[] filter = utf8(subscription);
        if (hasWildcard(filter)) {
            wildcards.add(filter, subscription);
        } else {
            int hash = hashes.of(filter);
            Exact known = exact.find(filter, 0, filter.length, hash);
            if (known == null) {
                exact.put(new Exact(filter, hash, Subscribers.with(null, subscription, hashes)));
            } else {
                known.subscribers = Subscribers.with(known.subscribers, subscription, hashes);
            }
        }
        version.incrementAndGet();
    }

    @Override
    public void remove(Subscription subscription) {
        byte[] filter = utf8(subscription);
        if (hasWildcard(filter)) {
            wildcards.remove(filter, subscription);
        } else {
            Exact known = exact.find(filter, 0, filter.length, hashes.of(filter));
            if (known != null) {
                known.subscribers = Subscribers.without(known.subscribers, subscription);
                if (known.subscribers == null) {
                    exact.remove(known);
                }
            }
        }
        version.incrementAndGet();
    }

    @Override
    public long version() {
        return version.get();
    }

    @Override
    public Route route(byte[] topic) {
        long before = version.get();
        Exact known = exact.find(topic, 0, topic.length, hashes.of(topic));
        List<Subscription> single = new ArrayList<>(1);
        List<Route.Share> shares = new ArrayList<>(0);
        if (known != null) {
            Subscribers.copyTo(known.subscribers, single, shares);
        }
        if (!wildcards.isEmpty()) {
            new TreeMatch(wildcards, topic, single, shares).run();
        }
        return new Route(before, single, shares);
    }

    /** Whether there is no subscription. Writer only. */
    boolean isEmpty() {
        return exact.size() == 0 && wildcards.isEmpty();
    }

    private static byte[] utf8(Subscription subscription) {
        return subscription.topicFilter().getBytes(StandardCharsets.UTF_8);
    }

    private static boolean hasWildcard(byte[] filter) {
        for (byte b : filter) {
            if (b == '+' || b == '#') {
                return true;
            }
        }
        return false;
    }
}
