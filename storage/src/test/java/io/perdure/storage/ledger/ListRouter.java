package io.perdure.storage.ledger;

import io.perdure.storage.Route;
import io.perdure.storage.Router;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Matches by looking at each subscription. */
final class ListRouter implements Router {

    private record Id(SessionRef session, String filter) {}

    private final Map<Id, Subscription> subscriptions = new LinkedHashMap<>();
    private long version;

    @Override
    public void add(Subscription s) {
        subscriptions.put(new Id(s.session(), s.fullFilter()), s);
        version++;
    }

    @Override
    public void remove(Subscription s) {
        subscriptions.remove(new Id(s.session(), s.fullFilter()));
        version++;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public Route route(byte[] topic) {
        String name = new String(topic, StandardCharsets.UTF_8);
        List<Subscription> direct = new ArrayList<>();
        Set<String> shared = new LinkedHashSet<>();
        for (Subscription s : subscriptions.values()) {
            if (matches(s.topicFilter().split("/", -1), name.split("/", -1), 0)) {
                if (s.shareName() == null) {
                    direct.add(s);
                } else {
                    shared.add(s.fullFilter());
                }
            }
        }
        List<Route.Share> shares = shared.stream().map(Route.Share::new).toList();
        return new Route(version, direct, shares);
    }

    static boolean matches(String[] filter, String[] topic, int at) {
        if (at == 0 && topic[0].startsWith("$") && (filter[0].equals("#") || filter[0].equals("+"))) {
            return false;
        }
        if (at == filter.length) {
            return at == topic.length;
        }
        if (filter[at].equals("#")) {
            return true;
        }
        return at < topic.length
                && (filter[at].equals("+") || filter[at].equals(topic[at]))
                && matches(filter, topic, at + 1);
    }
}
