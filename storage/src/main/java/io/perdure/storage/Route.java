package io.perdure.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Whom the messages of one Topic Name go to, as of one version of the subscriptions; immutable.
 *
 * <p>A session with several matching subscriptions gets one copy, at the highest QoS that they grant, with all their
 * Subscription Identifiers [MQTT-3.3.4-2], [MQTT-3.3.4-3].
 */
public final class Route {

    /**
     * One session that gets a copy.
     *
     * @param retainAsPublished whether one of the subscriptions wants the RETAIN flag
     */
    public record Target(SessionRef session, int maximumQos, boolean retainAsPublished, int[] subscriptionIds) {}

    /**
     * A Shared Subscription, of which one member gets a copy; the ledger knows the members and chooses.
     *
     * @param fullFilter what identifies it, as a client writes it
     */
    public record Share(String fullFilter) {}

    private final long version;
    private final List<Subscription> subscriptions;
    private final List<Target> targets;
    private final List<Share> shares;
    private final boolean anyNoLocal;

    /**
     * @param version the {@link Router#version} from before the matching began
     * @param subscriptions those that match and are not shared
     * @param shares the Shared Subscriptions that match
     */
    public Route(long version, List<Subscription> subscriptions, List<Share> shares) {
        this.version = version;
        this.subscriptions = List.copyOf(subscriptions);
        this.shares = List.copyOf(shares);
        this.targets = merge(this.subscriptions, s -> true);
        this.anyNoLocal = anyNoLocal(this.subscriptions);
    }

    public long version() {
        return version;
    }

    /** How many subscriptions it holds; a Shared Subscription counts once, however many members it has. */
    public int size() {
        return subscriptions.size() + shares.size();
    }

    /** Whether nobody subscribed. */
    public boolean isEmpty() {
        return targets.isEmpty() && shares.isEmpty();
    }

    /** Who gets a copy of what {@code publisher} sends: leaves out what No Local excludes [MQTT-3.8.3-3]. */
    public List<Target> targets(SessionRef publisher) {
        if (!anyNoLocal) {
            return targets;
        }
        return merge(subscriptions, s -> !(s.noLocal() && s.session() == publisher));
    }

    /** The subscriptions that match and are not shared. */
    public List<Subscription> subscriptions() {
        return subscriptions;
    }

    /** The Shared Subscriptions that match. */
    public List<Share> shares() {
        return shares;
    }

    private static boolean anyNoLocal(List<Subscription> subscriptions) {
        for (Subscription s : subscriptions) {
            if (s.noLocal()) {
                return true;
            }
        }
        return false;
    }

    private static List<Target> merge(List<Subscription> subscriptions, Predicate<Subscription> wanted) {
        if (subscriptions.isEmpty()) {
            return List.of();
        }
        if (subscriptions.size() == 1) {
            Subscription only = subscriptions.get(0);
            return wanted.test(only) ? List.of(target(only)) : List.of();
        }
        Map<SessionRef, Target> bySession = new LinkedHashMap<>();
        for (Subscription s : subscriptions) {
            if (wanted.test(s)) {
                bySession.merge(s.session(), target(s), Route::union);
            }
        }
        return List.copyOf(new ArrayList<>(bySession.values()));
    }

    private static Target target(Subscription s) {
        int[] ids = s.subscriptionId() == 0 ? Entry.NO_IDS : new int[] {s.subscriptionId()};
        return new Target(s.session(), s.maximumQos(), s.retainAsPublished(), ids);
    }

    private static Target union(Target a, Target b) {
        int[] ids = new int[a.subscriptionIds().length + b.subscriptionIds().length];
        System.arraycopy(a.subscriptionIds(), 0, ids, 0, a.subscriptionIds().length);
        System.arraycopy(b.subscriptionIds(), 0, ids, a.subscriptionIds().length, b.subscriptionIds().length);
        return new Target(
                a.session(),
                Math.max(a.maximumQos(), b.maximumQos()),
                a.retainAsPublished() || b.retainAsPublished(),
                ids);
    }
}
