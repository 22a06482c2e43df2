package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.storage.Command;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Unsubscribe;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.ledger.TestStore.Client;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Members come, go, end their sessions and acknowledge at random, and the broker dies with all that was not synced: every
 * message of a group stays in exactly one place, the group's queue or that of one member, until a member has finished it.
 * Only QoS 2 messages that were in the queue of a member may vanish with its session.
 */
class SharedGroupsRandomTest {

    private static final String GROUP = "$share/g/t";
    private static final int MEMBERS = 5;

    private record Place(long sessionId, long sequence, int qos) {}

    private TestStore store = new TestStore();
    private final Map<String, Client> clients = new HashMap<>();
    private Map<String, Place> places = new HashMap<>();
    private final Map<String, Integer> published = new HashMap<>();
    private final Set<String> finished = new HashSet<>();
    private final Set<String> vanished = new HashSet<>();

    @ParameterizedTest
    @EnumSource
    void everyMessageIsInOnePlaceUntilItIsFinished(ShareStrategy strategy) {
        long seed = Long.getLong("seed", new Random().nextLong());
        Random random = new Random(seed);
        store = new TestStore(strategy);
        store.client("keeper").connect().share("g", "t", 2).detach(DetachReason.CONNECTION_LOST);
        for (int i = 0; i < 1500; i++) {
            String done = step(random);
            String about = "seed " + seed + ", step " + i + ": " + done;
            look(about);
        }
        drain("seed " + seed);
    }

    private String step(Random random) {
        String id = "m" + random.nextInt(MEMBERS);
        Client c = clients.get(id);
        int kind = random.nextInt(100);
        if (kind == 0) {
            store.crash();
            clients.clear();
            return "crash";
        } else if (kind < 35) {
            publish(random);
            return "publish";
        } else if (kind < 40) {
            store.advanceMs(random.nextInt(20_000));
            return "time";
        } else if (c == null || !isAttached(c)) {
            connect(random, id);
            return "connect " + id;
        } else if (kind < 47) {
            c.submit(new Unsubscribe(1, List.of(GROUP)));
            return "unsubscribe " + id;
        } else if (kind < 54) {
            c.share("g", "t", random.nextInt(10) == 0 ? 1 : 2);
            return "subscribe " + id;
        } else if (kind < 62) {
            long head = session(c).cursor.finishedEnd();
            c.sentBelow = Math.max(head, session(c).tail - random.nextInt(4));
            c.detach(random.nextBoolean() ? DetachReason.CLIENT_LEFT : DetachReason.CONNECTION_LOST);
            return "detach " + id;
        }
        return acknowledge(random, c);
    }

    private void publish(Random random) {
        String name = "message " + published.size();
        int qos = 1 + random.nextInt(2);
        published.put(name, qos);
        Client publisher = store.client("publisher" + random.nextInt(3)).connect(true, 0, null);
        publisher.publish("t", name, qos);
    }

    private void connect(Random random, String id) {
        Client c = store.client(id);
        c.receiveMaximum = 1 + random.nextInt(6);
        long[] expiryS = {0, 15, Command.NO_EXPIRY};
        c.connect(random.nextInt(4) == 0, expiryS[random.nextInt(3)], null);
        if (random.nextInt(3) > 0) {
            c.share("g", "t", 2);
        }
        clients.put(id, c);
    }

    private String acknowledge(Random random, Client c) {
        List<Map.Entry<String, Place>> own = new ArrayList<>(places.entrySet());
        own.removeIf(place -> place.getValue().sessionId() != session(c).id);
        own.sort(Map.Entry.comparingByKey());
        if (own.isEmpty()) {
            return "nothing";
        }
        Map.Entry<String, Place> chosen = own.get(random.nextInt(own.size()));
        if (chosen.getValue().qos() == 2 && random.nextBoolean()) {
            c.receive(chosen.getValue().sequence());
            return "PUBREC of " + chosen;
        }
        finished.add(chosen.getKey());
        c.finish(chosen.getValue().sequence());
        return "finish " + chosen;
    }

    private boolean isAttached(Client c) {
        SessionState s = store.ledger.session(c.id);
        return s != null && s.attached() == c;
    }

    private SessionState session(Client c) {
        return (SessionState) c.attachment().session();
    }

    private void look(String about) {
        Map<String, Place> now = new HashMap<>();
        for (String row : store.groupRows()) {
            add(now, row.substring(GROUP.length() + 1), new Place(0, 0, 0), about);
        }
        try (Engine.Rows rows = store.engine.scan(Family.QUEUE.index(), new byte[0], null)) {
            while (rows.next()) {
                SessionState s = byId(Keys.sessionId(rows.key()));
                long sequence = Keys.sequence(rows.key());
                if (s != null && !s.cursor.isFinished(sequence)) {
                    EntryValue v = Values.parse(EntryValue.parser(), rows.value(), Family.QUEUE);
                    assertEquals(GROUP, v.getShare(), about);
                    add(now, v.getMessage().getPayload().toStringUtf8(), new Place(s.id, sequence, v.getQos()), about);
                }
            }
        }
        published.forEach((name, qos) -> {
            if (!now.containsKey(name) && !finished.contains(name) && vanished.add(name)) {
                Place last = places.get(name);
                if (qos == 1 || last == null || last.sessionId() == 0 || byId(last.sessionId()) != null) {
                    fail(about + ": " + name + " (QoS " + qos + ") is lost, last seen in " + last);
                }
            }
        });
        for (String name : now.keySet()) {
            assertTrue(!vanished.contains(name), about + ": " + name + " came again");
        }
        places = now;
    }

    private static void add(Map<String, Place> now, String name, Place place, String about) {
        Place other = now.put(name, place);
        if (other != null) {
            fail(about + ": " + name + " is in " + other + " and " + place);
        }
    }

    private @Nullable SessionState byId(long id) {
        for (int i = 0; i < MEMBERS; i++) {
            SessionState s = store.ledger.session("m" + i);
            if (s != null && s.id == id) {
                return s;
            }
        }
        SessionState keeper = store.ledger.session("keeper");
        return keeper != null && keeper.id == id ? keeper : null;
    }

    /** All members end; what they leave reaches the one that stays. */
    private void drain(String seed) {
        for (int i = 0; i < MEMBERS; i++) {
            store.client("m" + i).connect(true, 0, null).detach(DetachReason.CLIENT_LEFT);
        }
        look(seed);
        store.client("keeper").connect();
        long missing = published.keySet().stream()
                .filter(name -> !finished.contains(name) && !vanished.contains(name))
                .peek(name -> assertTrue(places.containsKey(name), () -> seed + ": " + name))
                .count();
        assertTrue(missing > 0, seed);
        assertTrue(store.groupRows().size() <= Math.max(0, missing - SharedGroups.MEMBER_LIMIT), seed);
        assertTrue(published.size() > 300 && finished.size() > 100 && !vanished.isEmpty(), seed);
    }
}
