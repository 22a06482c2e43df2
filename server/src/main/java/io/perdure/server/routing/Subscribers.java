package io.perdure.server.routing;

import io.perdure.storage.Route;
import io.perdure.storage.Subscription;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All subscriptions to one Topic Filter: those of single sessions and the Shared Subscriptions.
 *
 * <p>Most filters have one subscriber, so a lone {@link Subscription} that is not shared stands for itself, and the
 * methods here take and return either. One writer, any number of readers.
 */
final class Subscribers {

    /** One Shared Subscription; removed with its last member. */
    private record Group(String shareName, Route.Share share, SubscriptionSet members) {}

    private static final Group[] NO_GROUPS = {};

    private final SeededHash hashes;
    private final SubscriptionSet single;
    private volatile Group[] groups = NO_GROUPS;

    private Subscribers(SeededHash hashes) {
        this.hashes = hashes;
        this.single = new SubscriptionSet(hashes);
    }

    /** Writer only: what a filter's subscribers are once one is added, or has replaced that of the same session. */
    static Object with(@Nullable Object subscribers, Subscription added, SeededHash hashes) {
        if (subscribers instanceof Subscribers many) {
            many.add(added);
            return many;
        }
        if (added.shareName() == null
                && (subscribers == null || ((Subscription) subscribers).session() == added.session())) {
            return added;
        }
        Subscribers many = new Subscribers(hashes);
        if (subscribers != null) {
            many.add((Subscription) subscribers);
        }
        many.add(added);
        return many;
    }

    /** Writer only: what a filter's subscribers are once one is removed; null if none is left. */
    static @Nullable Object without(@Nullable Object subscribers, Subscription removed) {
        if (subscribers instanceof Subscribers many) {
            many.remove(removed);
            if (many.groups.length > 0 || many.single.size() > 1) {
                return many;
            }
            return many.single.first();
        }
        boolean same = subscribers instanceof Subscription one
                && removed.shareName() == null
                && one.session() == removed.session();
        return same ? null : subscribers;
    }

    /** Appends them to a route that is being put together. */
    static void copyTo(@Nullable Object subscribers, List<Subscription> single, List<Route.Share> shares) {
        if (subscribers instanceof Subscription one) {
            single.add(one);
        } else if (subscribers instanceof Subscribers many) {
            many.single.copyTo(single);
            for (Group group : many.groups) {
                shares.add(group.share);
            }
        }
    }

    private void add(Subscription added) {
        if (added.shareName() == null) {
            single.put(added);
            return;
        }
        Group group = group(added.shareName());
        if (group == null) {
            group = new Group(added.shareName(), new Route.Share(added.fullFilter()), new SubscriptionSet(hashes));
            group.members.put(added);
            Group[] more = Arrays.copyOf(groups, groups.length + 1);
            more[groups.length] = group;
            groups = more;
        } else {
            group.members.put(added);
        }
    }

    private void remove(Subscription removed) {
        if (removed.shareName() == null) {
            single.remove(removed.session());
            return;
        }
        Group group = group(removed.shareName());
        if (group != null) {
            group.members.remove(removed.session());
            if (group.members.size() == 0) {
                groups = Arrays.stream(groups)
                        .filter(other -> other.members.size() > 0)
                        .toArray(Group[]::new);
            }
        }
    }

    private @Nullable Group group(String shareName) {
        for (Group group : groups) {
            if (group.shareName.equals(shareName)) {
                return group;
            }
        }
        return null;
    }
}
