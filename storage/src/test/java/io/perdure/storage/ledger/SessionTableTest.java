package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionTableTest {

    private static SessionState session(long id) {
        return new SessionState("client-" + id, 0, id, 0);
    }

    @Test
    void findsWhatAMapFindsWhateverComesAndGoes() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        SessionTable table = new SessionTable();
        Map<Long, SessionState> expected = new HashMap<>();
        List<SessionState> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(session(1 + i * (random.nextBoolean() ? 1L : 4096L)));
        }
        for (int round = 0; round < 50_000; round++) {
            SessionState s = all.get(random.nextInt(round < 25_000 ? 200 : 2_000));
            if (random.nextBoolean()) {
                if (expected.putIfAbsent(s.id, s) == null) {
                    table.add(s);
                }
            } else {
                expected.remove(s.id);
                table.remove(s); // there or not
            }
            SessionState probe = all.get(random.nextInt(2_000));
            assertSame(expected.get(probe.id), table.find(probe.id));
            assertSame(expected.get(probe.id), table.find(probe.clientId));
            assertEquals(expected.size(), table.size());
        }
        Set<SessionState> seen = new HashSet<>();
        table.forEach(seen::add);
        assertEquals(new HashSet<>(expected.values()), seen);
    }

    @Test
    void letsSessionsBeRemovedWhileItGoesThroughThem() {
        SessionTable table = new SessionTable();
        for (long id = 1; id <= 1_000; id++) {
            table.add(session(id));
        }
        List<SessionState> seen = new ArrayList<>();
        table.forEach(s -> {
            seen.add(s);
            table.remove(s);
        });
        assertEquals(1_000, seen.size());
        assertEquals(0, table.size());
        assertNull(table.find(7));
    }

    @Test
    void leavesAnotherSessionOfTheSameClientAlone() {
        SessionTable table = new SessionTable();
        SessionState now = new SessionState("client", 0, 2, 0);
        table.add(now);
        table.remove(new SessionState("client", 0, 1, 0));
        assertSame(now, table.find("client"));
        assertSame(now, table.find(2));
    }
}
