package io.perdure.server.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Route;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionIndexTest {

    private final SubscriptionIndex index = new SubscriptionIndex(1);
    private final TestSession anna = new TestSession("anna");
    private final TestSession bert = new TestSession("bert");

    @ParameterizedTest
    @ValueSource(strings = {"a/b/c", "a/+/c", "a/#", "#", "+/b/#", "a/b/c/#"})
    void findsAFilterOfEachKindAndForgetsItWhenItIsRemoved(String filter) {
        index.add(anna.to(filter));
        assertEquals(Set.of("anna"), targets("a/b/c"));

        index.remove(anna.to(filter));
        assertEquals(Set.of(), targets("a/b/c"));
        assertTrue(index.isEmpty());
    }

    @Test
    void mergesTheSubscriptionsOfOneSession() {
        index.add(anna.to("a/b", 0, 7));
        index.add(anna.to("a/+", 2, 8));
        index.add(anna.to("#", 1, 0));

        List<Route.Target> targets = index.route(bytes("a/b")).targets(bert);
        assertEquals(1, targets.size());
        assertEquals(2, targets.get(0).maximumQos());
        int[] ids = targets.get(0).subscriptionIds().clone();
        Arrays.sort(ids);
        assertArrayEquals(new int[] {7, 8}, ids);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a/+"})
    void replacesASubscriptionOfTheSameSessionToTheSameFilter(String filter) {
        index.add(anna.to(filter, 0, 1));
        index.add(bert.to(filter, 1, 0));
        index.add(anna.to(filter, 2, 5));

        Route route = index.route(bytes("a/b"));
        assertEquals(2, route.size());
        Route.Target target = route.targets(bert).stream()
                .filter(t -> t.session() == anna)
                .findFirst()
                .orElseThrow();
        assertEquals(2, target.maximumQos());
        assertArrayEquals(new int[] {5}, target.subscriptionIds());
    }

    @Test
    void tellsSessionsOfTheSameClientIdentifierApart() {
        TestSession later = new TestSession("anna");
        index.add(anna.to("a"));
        index.add(later.to("a"));
        index.remove(anna.to("a"));
        assertEquals(1, index.route(bytes("a")).targets(bert).size());
        assertTrue(index.route(bytes("a")).targets(bert).get(0).session() == later);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a/#"})
    void groupsSharedSubscriptionsByShareNameAndFilter(String filter) {
        index.add(anna.sharing("one", filter));
        index.add(bert.sharing("one", filter));
        index.add(bert.sharing("two", filter));
        index.add(anna.sharing("one", "+/b"));
        index.add(anna.to(filter));

        Route route = index.route(bytes("a/b"));
        assertEquals(1, route.targets(bert).size());
        assertEquals(Set.of("$share/one/" + filter, "$share/two/" + filter, "$share/one/+/b"), shares(route));

        index.remove(anna.sharing("one", filter));
        index.remove(bert.sharing("two", filter));
        assertEquals(Set.of("$share/one/" + filter, "$share/one/+/b"), shares(index.route(bytes("a/b"))));
        assertEquals(1, index.route(bytes("a/b")).targets(bert).size());

        index.remove(anna.to(filter));
        index.remove(bert.sharing("one", filter));
        index.remove(anna.sharing("one", "+/b"));
        assertTrue(index.isEmpty());
    }

    @Test
    void ignoresTheRemovalOfWhatIsNotThere() {
        index.add(anna.to("a/+/b"));
        index.add(anna.to("c"));
        index.remove(bert.to("a/+/b"));
        index.remove(anna.to("a/+"));
        index.remove(anna.to("a/+/b/#"));
        index.remove(anna.sharing("x", "a/+/b"));
        index.remove(bert.to("c"));
        index.remove(anna.to("d"));
        assertEquals(Set.of("anna"), targets("a/x/b"));
        assertEquals(Set.of("anna"), targets("c"));
    }

    @Test
    void growsItsVersionWithEveryChange() {
        long before = index.version();
        Route stale = index.route(bytes("a"));
        index.add(anna.to("a"));
        long between = index.version();
        index.remove(anna.to("a"));
        assertTrue(before < between && between < index.version());
        assertEquals(before, stale.version());
        assertEquals(index.version(), index.route(bytes("a")).version());
    }

    @Test
    void branchesWhereFiltersPartAndJoinsAgain() {
        List<String> filters = List.of("a/b/c/#", "a/b/c/d/+", "a/b/#", "a/b/+/d", "a/#", "a//+", "a//#", "a/b/c/+/e");
        filters.forEach(filter -> index.add(new TestSession(filter).to(filter)));
        assertEquals(Set.of("a/b/c/#", "a/b/#", "a/#"), targets("a/b/c"));
        assertEquals(Set.of("a/b/c/#", "a/b/#", "a/#", "a/b/+/d"), targets("a/b/c/d"));
        assertEquals(Set.of("a/b/c/#", "a/b/#", "a/#", "a/b/c/d/+", "a/b/c/+/e"), targets("a/b/c/d/e"));
        assertEquals(Set.of("a/#", "a//+", "a//#"), targets("a//"));
        assertEquals(Set.of("a/#", "a//#"), targets("a/"));
    }

    @Test
    void takesTheDeepestTopicsThatMqttAllows() {
        String deep = "/".repeat(65_534);
        index.add(anna.to(deep + "+"));
        index.add(bert.to(deep + "#"));
        index.add(bert.to("+" + "/".repeat(65_533) + "+"));
        index.add(anna.to("+/".repeat(32_767) + "+"));
        assertEquals(Set.of("anna", "bert"), targets(deep));
        assertEquals(Set.of("anna"), targets("/".repeat(32_767)));
        assertFalse(index.isEmpty());
        index.remove(anna.to(deep + "+"));
        index.remove(bert.to(deep + "#"));
        index.remove(bert.to("+" + "/".repeat(65_533) + "+"));
        index.remove(anna.to("+/".repeat(32_767) + "+"));
        assertTrue(index.isEmpty());
    }

    @Test
    void matchesTopicsOfManyLevelsWithAFilterForEachPrefix() {
        StringBuilder topic = new StringBuilder("l");
        for (int level = 1; level < 2_000; level++) {
            index.add(anna.to(topic + "/#", 1, level));
            topic.append("/l");
        }
        assertEquals(1_999, index.route(bytes(topic.toString())).size());
        assertEquals(10, index.route(bytes("l" + "/l".repeat(9))).size());
    }

    @Test
    void takesManySessionsOnOneFilter() {
        int sessions = 100_000;
        TestSession[] all = new TestSession[sessions];
        for (int i = 0; i < sessions; i++) {
            all[i] = new TestSession("client-" + i);
            index.add(all[i].to("news/#"));
        }
        assertEquals(sessions, index.route(bytes("news/today")).targets(anna).size());
        for (int i = 0; i < sessions - 1; i++) {
            index.remove(all[i].to("news/#"));
        }
        assertEquals(Set.of("client-" + (sessions - 1)), targets("news"));
    }

    private Set<String> targets(String topic) {
        return index.route(bytes(topic)).targets(new TestSession("publisher")).stream()
                .map(target -> target.session().clientId())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> shares(Route route) {
        return route.shares().stream().map(Route.Share::fullFilter).collect(Collectors.toSet());
    }

    private static byte[] bytes(String topic) {
        return topic.getBytes(UTF_8);
    }
}
