package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.perdure.storage.Command;
import io.perdure.storage.Command.DetachReason;
import io.perdure.storage.Command.Release;
import io.perdure.storage.Command.Unsubscribe;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.ShareStrategy;
import io.perdure.storage.Will;
import io.perdure.storage.check.Soundness;
import io.perdure.storage.engine.ContentHash;
import io.perdure.storage.ledger.TestStore.Client;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a start finds in the store is what the ledger had in memory, whatever was done before. */
class RecoveryEqualsLiveTest {

    private static final String[] TOPICS = {"a", "a/b", "a/b/c", "$x", "d"};
    private static final String[] FILTERS = {"a", "a/#", "+/b", "#", "d"};

    private TestStore store = new TestStore();
    private final Map<String, Client> clients = new HashMap<>();
    private boolean timePasses;

    @RepeatedTest(5)
    void afterRandomCommands() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 5; round++) {
            randomCommands(random, 200);
            clients.values().stream().filter(this::isAttached).forEach(Client::barrier);
            Map<String, String> live = describe();
            store.crash();
            clients.clear();
            assertEquals(live, describe(), "seed " + seed + ", round " + round);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameCommandsGiveTheSameStore(ShareStrategy strategy) {
        long seed = new Random().nextLong();
        store = new TestStore(strategy);
        randomCommands(new Random(seed), 500);
        RecoveryEqualsLiveTest twin = new RecoveryEqualsLiveTest();
        twin.store = new TestStore(strategy);
        twin.randomCommands(new Random(seed), 500);
        assertEquals(ContentHash.of(store.engine), ContentHash.of(twin.store.engine), "seed " + seed);
        assertNotEquals(ContentHash.of(new TestStore().engine), ContentHash.of(store.engine), "seed " + seed);
    }

    /** A thousand seeds are tried by {@code -Dcheck.seeds=1000}. */
    @Test
    void whateverIsDoneTheStoreIsSound() {
        long first = Long.getLong("check.seed", new Random().nextLong());
        for (int i = 0; i < Integer.getInteger("check.seeds", 60); i++) {
            long seed = first + i;
            Random random = new Random(seed);
            List<ShareStrategy> strategies = List.of(ShareStrategy.values());
            store = new TestStore(strategies.get(random.nextInt(strategies.size())));
            clients.clear();
            timePasses = true;
            for (int round = 0; round < 4; round++) {
                randomCommands(random, 20 + random.nextInt(150));
                Soundness.check(store.engine, store.wallMs, "seed " + seed + ", live");
                clients.clear();
                store.reopen(store.engine.crash(random));
                Soundness.check(store.engine, store.wallMs, "seed " + seed + ", recovered");
            }
        }
    }

    private void randomCommands(Random random, int n) {
        for (int i = 0; i < n; i++) {
            String id = "c" + random.nextInt(6);
            Client c = clients.get(id);
            if (c == null || !isAttached(c)) {
                c = store.client(id);
                c.receiveMaximum = random.nextBoolean() ? 1 + random.nextInt(5) : 65_535;
                Will will = random.nextInt(3) == 0
                        ? new Will(TestStore.utf8("d"), new byte[] {1}, new byte[0], 1, false, 1 << 20, -1)
                        : null;
                long expiryS = timePasses ? random.nextInt(3) * 10L : Command.NO_EXPIRY;
                c.connect(random.nextInt(10) == 0, expiryS, will);
                clients.put(id, c);
                continue;
            }
            randomCommand(random, c);
            if (timePasses && random.nextInt(20) == 0) {
                store.advanceMs(random.nextInt(8000));
            }
        }
    }

    private void randomCommand(Random random, Client c) {
        String filter = FILTERS[random.nextInt(FILTERS.length)];
        String shareName = random.nextBoolean() ? "g" : "h";
        switch (random.nextInt(13)) {
            case 0 -> c.subscribe(filter, random.nextInt(3));
            case 1 -> c.share(shareName, filter, random.nextInt(3));
            case 2 -> c.submit(new Unsubscribe(1, List.of(filter, "$share/" + shareName + "/" + filter)));
            case 3 -> c.detach(random.nextBoolean() ? DetachReason.CLIENT_LEFT : DetachReason.CONNECTION_LOST);
            case 4 -> c.submit(new Release(1 + random.nextInt(20)));
            case 12 -> c.sentBelow -= Math.min(random.nextInt(3), c.sentBelow - 1);
            case 5, 6 ->
                c.entries.stream()
                        .filter(e -> e.sequence() != Entry.UNQUEUED)
                        .skip(random.nextInt(5))
                        .findFirst()
                        .ifPresent(e -> acknowledge(random, c, e));
            default -> {
                byte[] payload = new byte[random.nextInt(5) == 0 ? 3000 : 10];
                Message m = new Message(
                        TestStore.utf8(TOPICS[random.nextInt(TOPICS.length)]),
                        random.nextInt(10) == 0 ? new byte[0] : payload,
                        new byte[0],
                        random.nextInt(3),
                        TestStore.START_MS,
                        timePasses && random.nextInt(3) == 0 ? store.wallMs + random.nextInt(20_000) : Message.NEVER);
                c.publish(m, random.nextInt(4) == 0, 1 + random.nextInt(20));
            }
        }
    }

    private static void acknowledge(Random random, Client c, Entry e) {
        if (e.qos() == 2 && random.nextBoolean()) {
            c.receive(e.sequence());
        } else {
            c.finish(e.sequence());
            c.entries.remove(e);
        }
    }

    private boolean isAttached(Client c) {
        SessionState s = store.ledger.session(c.id);
        return s != null && s.attached() == c;
    }

    private Map<String, String> describe() {
        Map<String, String> sessions = new TreeMap<>();
        sessions.put("groups", store.groupRows().toString());
        for (int i = 0; i < 6; i++) {
            SessionState s = store.ledger.session("c" + i);
            if (s != null) {
                sessions.put(
                        s.clientId,
                        s.id + " gen " + s.generation + " expiry " + s.expiryS + " head " + s.cursor.head() + " limit "
                                + s.cursor.sentLimit() + " finished "
                                + Arrays.toString(s.cursor.finishedBeyondHead()) + " released "
                                + Arrays.toString(s.cursor.released()) + " inbound "
                                + Arrays.toString(s.inbound()) + " will " + (s.will != null) + " subscriptions "
                                + new TreeMap<>(s.subscriptions())
                                        .values().stream()
                                                .map(x -> x.fullFilter() + ":" + x.maximumQos())
                                                .toList());
            }
        }
        return sessions;
    }
}
