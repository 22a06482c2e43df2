package io.perdure.storage.inspect;

import static io.perdure.storage.inspect.StoreRows.NOW_MS;
import static io.perdure.storage.inspect.StoreRows.entry;
import static io.perdure.storage.inspect.StoreRows.message;
import static io.perdure.storage.inspect.StoreRows.utf8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.StoreException;
import io.perdure.storage.Will;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StoreReaderTest {

    private final MemoryEngine engine = new MemoryEngine(Family.all());
    private final StoreRows rows = new StoreRows(engine).format(Values.FORMAT_VERSION);

    private StoreReader stopped() {
        return reader(StoreInfo.Mode.STOPPED);
    }

    private StoreReader reader(StoreInfo.Mode mode) {
        return StoreReader.of(engine, Path.of("store"), mode, NOW_MS, () -> {});
    }

    private static <T> List<T> all(Scan<T> scan) {
        List<T> views = new ArrayList<>();
        try (scan) {
            scan.forEachRemaining(views::add);
        }
        return views;
    }

    private static List<Long> sequences(List<QueueEntryView> views) {
        return views.stream().map(v -> v.entry().sequence()).toList();
    }

    @Test
    void saysWhatItReads() {
        rows.alive(NOW_MS - 3000).clean(NOW_MS - 2000);
        StoreInfo info = stopped().info();
        assertEquals("cafe", info.storeId());
        assertEquals(Values.FORMAT_VERSION, info.formatVersion());
        assertTrue(info.cleanStop());
        assertEquals(NOW_MS - 2000, info.lastAliveMs());
        assertEquals(NOW_MS, info.asOfMs());
    }

    @Test
    void refusesANewerFormatInOneLine() {
        rows.format(Values.FORMAT_VERSION + 1);
        StoreException refused = assertThrows(StoreException.class, this::stopped);
        assertTrue(String.valueOf(refused.getMessage()).contains("format 2"), refused::getMessage);
        assertEquals(1, String.valueOf(refused.getMessage()).lines().count());
    }

    @Test
    void refusesADatabaseWithoutAFormat() {
        MemoryEngine empty = new MemoryEngine(Family.all());
        assertThrows(
                StoreException.class,
                () -> StoreReader.of(empty, Path.of("x"), StoreInfo.Mode.STOPPED, NOW_MS, () -> {}));
    }

    @Test
    void findsAllSessionsAndWhatBelongsToThem() {
        IntStream.range(0, 300).forEach(i -> {
            // ids against the order of the clients
            long id = 1000L - i;
            rows.session("client-" + i, id)
                    .subscription("client-" + i, id, "a/" + i, SubscriptionValue.newBuilder())
                    .inbound("client-" + i, id, i + 1, NOW_MS)
                    .queue("client-" + i, id, entry(i + 1, 1));
        });
        StoreReader reader = stopped();
        Set<String> clients = new TreeSet<>();
        for (SessionView view : all(reader.sessions(null))) {
            assertEquals(1, view.subscriptions());
            assertEquals(1, view.inbound());
            assertEquals(1, view.queued());
            clients.add(view.clientId());
        }
        assertEquals(300, clients.size());
        for (SubscriptionView view : all(reader.subscriptions(null))) {
            assertEquals("client-" + view.fullFilter().substring(2), view.clientId());
        }
        for (InboundView view : all(reader.inbound(null))) {
            assertEquals("client-" + (view.packetId() - 1), view.clientId());
        }
        List<QueueEntryView> queued = all(reader.queues(null));
        assertEquals(300, queued.size());
        for (QueueEntryView view : queued) {
            assertEquals("client-" + (view.entry().sequence() - 1), view.clientId());
        }
    }

    @Test
    void selectsOneClientOnly() {
        rows.session("a", 1).session("ab", 2).session("b", 3);
        rows.queue("a", 1, entry(1, 1)).queue("ab", 2, entry(2, 1)).queue("b", 3, entry(3, 1));
        StoreReader reader = stopped();
        assertEquals(
                List.of("a"),
                all(reader.sessions("a")).stream().map(SessionView::clientId).toList());
        assertEquals(List.of(2L), sequences(all(reader.queues("ab"))));
        assertEquals(List.of(), all(reader.sessions("nobody")));
    }

    @Test
    void leavesOutWhatIsFinishedAndTellsTheStepOfTheRest() {
        rows.session("c", 9).cursor("c", 9, 10, 16);
        for (long sequence = 8; sequence <= 20; sequence++) {
            rows.queue("c", 9, entry(sequence, sequence == 13 ? 0 : 2));
        }
        // 11 is finished, 12 and 14 have their PUBREC
        rows.finished("c", 9, 0, (byte) 0, (byte) 0b1000)
                .released("c", 9, 0, 14L)
                .released("c", 9, 1, 12L);
        StoreReader reader = stopped();
        List<QueueEntryView> queue = all(reader.queues("c"));
        assertEquals(List.of(10L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L, 20L), sequences(queue));
        assertEquals(QueueEntryView.Step.SENT, queue.get(0).step());
        assertEquals(QueueEntryView.Step.RELEASED, queue.get(1).step());
        assertEquals(QueueEntryView.Step.WAITING, queue.get(5).step());
        assertEquals(11, queue.get(0).packetId());
        assertEquals(0, queue.get(2).packetId());
        assertEquals(List.of(10L, 12L, 14L, 15L), sequences(all(reader.inFlight(null))));
        SessionView session = all(reader.sessions(null)).get(0);
        assertEquals(10, session.queued());
        assertEquals(4, session.inFlight());
        assertTrue(session.queuedExact());
    }

    @Test
    void estimatesLongQueuesFromTheirEnds() {
        rows.session("c", 9);
        for (long sequence = 1; sequence <= SessionScan.MAX_COUNTED + 50; sequence++) {
            rows.queue("c", 9, entry(sequence, 1));
        }
        rows.queue("c", 9, entry(1_000_000, 1));
        SessionView session = all(stopped().sessions(null)).get(0);
        assertFalse(session.queuedExact());
        assertEquals(1_000_000, session.queued());
    }

    @Test
    void readsSharedBodiesOfQueueAndGroup() {
        Message body = message("big", "body");
        rows.session("c", 9).body(77, body);
        Entry reference = new Entry(1, body, 1, true, new int[] {5, 6}, 77);
        rows.queue("c", 9, reference).group("$share/g/big", reference);
        StoreReader reader = stopped();
        Entry queued = all(reader.queues(null)).get(0).entry();
        assertArrayEquals(utf8("body"), queued.message().payload());
        assertArrayEquals(new int[] {5, 6}, queued.subscriptionIds());
        assertTrue(queued.retain());
        ShareEntryView shared = all(reader.shares()).get(0);
        assertEquals("$share/g/big", shared.fullFilter());
        assertArrayEquals(utf8("big"), shared.entry().message().topic());
    }

    @Test
    void reportsAMissingBodyAsDamage() {
        rows.session("c", 9).queue("c", 9, new Entry(1, message("t", "p"), 1, false, Entry.NO_IDS, 5));
        try (Scan<QueueEntryView> scan = stopped().queues(null)) {
            StoreException damage = assertThrows(StoreException.class, scan::hasNext);
            assertTrue(String.valueOf(damage.getMessage()).contains("message 5"), damage::getMessage);
        }
    }

    @Test
    void marksSubscriptionsWhoseRetainedMessagesAreNotAllQueued() {
        SubscriptionValue.Builder options = SubscriptionValue.newBuilder()
                .setMaximumQos(2)
                .setNoLocal(true)
                .setRetainAsPublished(true)
                .setRetainHandling(1)
                .setSubscriptionId(42);
        rows.session("c", 9)
                .subscription("c", 9, "a/#", options)
                .subscription("c", 9, "$share/g/x/+", SubscriptionValue.newBuilder())
                .replay("c", 9, "a/#");
        List<SubscriptionView> views = all(stopped().subscriptions(null));
        assertEquals(
                List.of("$share/g/x/+", "a/#"),
                views.stream().map(SubscriptionView::fullFilter).toList());
        assertEquals("x/+", views.get(0).topicFilter());
        assertEquals(new SubscriptionView("c", "a/#", 2, true, true, 1, 42, true), views.get(1));
    }

    @Test
    void takesTheLastSignOfLifeForTheEndOfConnectionsOfAStoppedStore() {
        rows.alive(NOW_MS - 3000)
                .session("c", SessionValue.newBuilder().setSessionId(1).setExpiryS(60));
        SessionView dead = all(stopped().sessions(null)).get(0);
        assertFalse(dead.connected());
        assertEquals(NOW_MS - 3000, dead.offlineSinceMs());
        assertEquals(NOW_MS + 57_000, dead.expiresAtMs());
        SessionView live = all(reader(StoreInfo.Mode.LIVE).sessions(null)).get(0);
        assertTrue(live.connected());
        assertEquals(Message.NEVER, live.expiresAtMs());
    }

    @Test
    void tellsWhenAWillIsDue() {
        Will will = new Will(utf8("will"), utf8("gone"), new byte[0], 1, true, 30, -1);
        rows.alive(NOW_MS - 3000)
                .session("connected", session(1).setWill(Values.will(will)))
                .session(
                        "delayed",
                        session(2)
                                .setDetachedAtMs(NOW_MS - 10_000)
                                .setWill(Values.will(will))
                                .setWillDueMs(NOW_MS + 9))
                .session("none", 3);
        List<WillView> live = all(reader(StoreInfo.Mode.LIVE).wills(null));
        assertEquals(2, live.size());
        assertEquals(
                NOW_MS + 9,
                all(reader(StoreInfo.Mode.LIVE).wills("delayed")).get(0).dueAtMs());
        assertEquals(
                Message.NEVER,
                all(reader(StoreInfo.Mode.LIVE).wills("connected")).get(0).dueAtMs());
        // the delay ends with the session, after 20 s
        assertEquals(
                NOW_MS - 3000 + 20_000, all(stopped().wills("connected")).get(0).dueAtMs());
        assertArrayEquals(utf8("gone"), live.get(0).will().payload());
    }

    private static SessionValue.Builder session(long sessionId) {
        return SessionValue.newBuilder().setSessionId(sessionId).setExpiryS(20);
    }

    @Test
    void leavesOutQueuesOfSessionsThatEndWithTheirConnection() {
        rows.session("c", SessionValue.newBuilder().setSessionId(9)).queue("c", 9, entry(1, 1));
        StoreReader reader = reader(StoreInfo.Mode.LIVE);
        assertEquals(List.of(), all(reader.queues(null)));
        assertFalse(all(reader.sessions("c")).get(0).queuedExact());
    }

    @Test
    void streamsRetainedMessagesInOrderOfTheirLevels() {
        rows.retained(message("a/b", "1")).retained(message("a", "2")).retained(message("a-b", "3"));
        List<String> topics = all(stopped().retained()).stream()
                .map(v -> new String(v.message().topic(), StandardCharsets.UTF_8))
                .toList();
        assertEquals(List.of("a", "a/b", "a-b"), topics);
    }
}
