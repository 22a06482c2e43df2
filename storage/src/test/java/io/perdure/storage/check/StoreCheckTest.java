package io.perdure.storage.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.perdure.storage.Command;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.MemoryEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.FormatValue;
import io.perdure.storage.format.proto.InboundValue;
import io.perdure.storage.format.proto.LimitsValue;
import io.perdure.storage.format.proto.MessageValue;
import io.perdure.storage.format.proto.ReleasedValue;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.RetainedValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each thing that can be wrong is found by itself, and a repair leaves a sound store. */
class StoreCheckTest {

    private static final long NOW_MS = 1_800_000_000_000L;
    private static final long LATER_MS = NOW_MS + 3_600_000;
    private static final byte[] NOTHING = {};
    private static final int SLOT = Keys.slot("c");

    private final Engine engine = new MemoryEngine(Family.all());
    private final List<Finding> findings = new ArrayList<>();

    /** A sound store with something in each family. */
    @BeforeEach
    void fill() {
        put(
                Family.META,
                Keys.meta("format"),
                FormatValue.newBuilder().setVersion(1).build());
        put(
                Family.META,
                Keys.meta("limits"),
                LimitsValue.newBuilder().setSessionId(100).setPosition(1000).build());
        put(
                Family.META,
                Keys.meta("alive"),
                AliveValue.newBuilder().setWallMs(NOW_MS - 1).build());
        put(
                Family.SESSION,
                Keys.session(SLOT, "c"),
                SessionValue.newBuilder()
                        .setSessionId(7)
                        .setExpiryS((int) Command.NO_EXPIRY)
                        .setShared(true)
                        .build());
        put(
                Family.SUBSCRIPTION,
                Keys.subscription(SLOT, 7, "a/#"),
                SubscriptionValue.newBuilder().setMaximumQos(1).build());
        put(
                Family.SUBSCRIPTION,
                Keys.subscription(SLOT, 7, "$share/g/x"),
                SubscriptionValue.newBuilder().setShareName("g").build());
        put(
                Family.REPLAY,
                Keys.subscription(SLOT, 7, "a/#"),
                ReplayValue.newBuilder().setPosition(9).build());
        put(Family.INBOUND, Keys.inbound(SLOT, 7, 5), InboundValue.getDefaultInstance());
        cursor(3, 6);
        // 3 unfinished, 4 finished, 5 released without a row, 6 and 7 to be sent
        finished(0, 4);
        put(
                Family.CURSOR,
                Keys.cursor(SLOT, 7, Keys.CURSOR_RELEASED, 0),
                ReleasedValue.newBuilder().addSequences(5).build());
        entry(2);
        entry(3);
        put(
                Family.QUEUE,
                Keys.queue(SLOT, 7, 6),
                EntryValue.newBuilder().setQos(1).setBodyId(20).build());
        put(
                Family.QUEUE,
                Keys.queue(SLOT, 7, 7),
                EntryValue.newBuilder().setMessage(message("a", LATER_MS)).build());
        put(Family.EXPIRY, Keys.expiry(LATER_MS, Keys.EXPIRES_QUEUE, Keys.queue(SLOT, 7, 7)), NOTHING);
        put(Family.MESSAGE, Keys.message(20), message("a/b", LATER_MS).build());
        put(Family.EXPIRY, Keys.expiry(LATER_MS, Keys.EXPIRES_QUEUE, Keys.queue(SLOT, 7, 6)), NOTHING);
        put(
                Family.RETAINED,
                Keys.retained(utf8("a/b")),
                RetainedValue.newBuilder()
                        .setMessage(message("a/b", 0))
                        .setPosition(21)
                        .build());
        put(
                Family.GROUP,
                Keys.group("$share/g/x", 10_000_000),
                EntryValue.newBuilder().setQos(1).setMessage(message("x", 0)).build());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MessageValue.Builder message(String topic, long expiresAtMs) {
        return MessageValue.newBuilder()
                .setTopic(ByteString.copyFromUtf8(topic))
                .setPayload(ByteString.copyFromUtf8("payload"))
                .setExpiresAtMs(expiresAtMs);
    }

    private void entry(long sequence) {
        put(
                Family.QUEUE,
                Keys.queue(SLOT, 7, sequence),
                EntryValue.newBuilder().setQos(1).setMessage(message("a", 0)).build());
    }

    private void cursor(long head, long sentLimit) {
        put(
                Family.CURSOR,
                Keys.cursor(SLOT, 7),
                CursorValue.newBuilder().setHead(head).setSentLimit(sentLimit).build());
    }

    private void finished(long page, int... bits) {
        byte[] bytes = new byte[128];
        for (int bit : bits) {
            bytes[bit / 8] |= (byte) (1 << bit % 8);
        }
        put(
                Family.CURSOR,
                Keys.cursor(SLOT, 7, Keys.CURSOR_FINISHED, page),
                FinishedValue.newBuilder().setBits(ByteString.copyFrom(bytes)).build());
    }

    private void put(Family family, byte[] key, MessageLite value) {
        put(family, key, value.toByteArray());
    }

    private void put(Family family, byte[] key, byte[] value) {
        try (Engine.Batch batch = engine.newBatch()) {
            batch.put(family.index(), key, value);
            engine.write(batch, false);
        }
    }

    private void delete(Family family, byte[] key) {
        try (Engine.Batch batch = engine.newBatch()) {
            batch.delete(family.index(), key);
            engine.write(batch, false);
        }
    }

    /** Checks, and checks what a repair makes of it. */
    private CheckResult check() {
        Engine copy = new MemoryEngine(Family.all());
        CheckResult result = StoreCheck.run(engine, NOW_MS, true, new CheckSink() {
            @Override
            public void found(Finding finding) {
                findings.add(finding);
                assertTrue(Rules.consequence(finding).length() > 5);
                assertTrue(Rules.remedy(finding).length() > 5);
            }

            @Override
            public void keep(Family family, byte[] key, byte[] value) {
                try (Engine.Batch batch = copy.newBatch()) {
                    batch.put(family.index(), key, value);
                    copy.write(batch, false);
                }
            }
        });
        assertEquals(findings.size(), result.findings());
        List<Finding> left = new ArrayList<>();
        CheckResult repaired = StoreCheck.run(copy, NOW_MS, false, left::add);
        assertEquals(List.of(), left);
        assertEquals(result.sessions(), repaired.sessions());
        assertEquals(result.subscriptions(), repaired.subscriptions());
        assertEquals(result.queued(), repaired.queued());
        assertEquals(result.waiting(), repaired.waiting());
        assertEquals(result.retained(), repaired.retained());
        for (CheckResult.OfFamily family : repaired.families()) {
            assertEquals(0, family.garbageRows(), family::toString);
        }
        return result;
    }

    private void assertFound(Finding... expected) {
        check();
        assertEquals(List.of(expected), findings);
    }

    private CheckResult.OfFamily family(CheckResult result, Family family) {
        return result.families().get(family.index());
    }

    @Test
    void findsNothingInASoundStore() {
        CheckResult result = check();
        assertEquals(List.of(), findings);
        assertEquals(1, result.sessions());
        assertEquals(2, result.subscriptions());
        assertEquals(3, result.queued());
        assertEquals(1, result.waiting());
        assertEquals(1, result.retained());
        // the row below the head
        assertEquals(1, family(result, Family.QUEUE).garbageRows());
        assertEquals(0, family(result, Family.MESSAGE).garbageRows());
        assertEquals(0, family(result, Family.EXPIRY).garbageRows());
        assertEquals(3, family(result, Family.META).rows());
    }

    @Test
    void countsWhatNothingNeedsAsGarbage() {
        put(Family.MESSAGE, Keys.message(30), message("a", 0).build());
        put(Family.EXPIRY, Keys.expiry(5, Keys.EXPIRES_QUEUE, Keys.queue(SLOT, 7, 1)), NOTHING);
        put(
                Family.GROUP,
                Keys.group("$share/nobody/x", 1),
                EntryValue.newBuilder().setMessage(message("x", 0)).build());
        CheckResult result = check();
        assertEquals(List.of(), findings);
        assertEquals(1, family(result, Family.MESSAGE).garbageRows());
        assertEquals(1, family(result, Family.EXPIRY).garbageRows());
        assertEquals(1, family(result, Family.GROUP).garbageRows());
        assertTrue(family(result, Family.MESSAGE).garbageBytes() > 8);
    }

    @Test
    void findsAQueuedMessageWithoutItsBody() {
        delete(Family.MESSAGE, Keys.message(20));
        assertFound(new Finding.MissingBody("c", 6, 20));
    }

    @Test
    void findsAHoleInAQueue() {
        entry(10);
        assertFound(new Finding.LostEntries("c", 8, 10, 2));
    }

    @Test
    void findsThatTheEntryAtTheHeadIsMissing() {
        delete(Family.QUEUE, Keys.queue(SLOT, 7, 3));
        assertFound(new Finding.LostEntries("c", 3, 4, 1));
    }

    @Test
    void expectsNoCursorAndNoUnbrokenQueueOfASessionThatEndsWithItsConnection() {
        put(
                Family.SESSION,
                Keys.session(Keys.slot("d"), "d"),
                SessionValue.newBuilder().setSessionId(8).build());
        put(
                Family.QUEUE,
                Keys.queue(Keys.slot("d"), 8, 50),
                EntryValue.newBuilder().setMessage(message("a", 0)).build());
        assertFound();
    }

    @Test
    void findsRowsThatNobodyOwns() {
        delete(Family.SESSION, Keys.session(SLOT, "c"));
        check();
        assertTrue(findings.contains(new Finding.Ownerless(Family.QUEUE, 7, 4)), findings::toString);
        assertTrue(findings.contains(new Finding.Ownerless(Family.CURSOR, 7, 3)), findings::toString);
        assertTrue(findings.contains(new Finding.Ownerless(Family.SUBSCRIPTION, 7, 2)), findings::toString);
        assertEquals(5, findings.size(), findings::toString);
    }

    @Test
    void findsThatACursorIsMissing() {
        delete(Family.CURSOR, Keys.cursor(SLOT, 7));
        check();
        assertEquals(List.of(new Finding.BadCursor("c", "it is not there")), findings);
    }

    @Test
    void findsACursorThatContradictsItself() {
        finished(0, 3, 4);
        check();
        assertEquals(List.of(new Finding.BadCursor("c", "its head, 3, is marked as finished")), findings);
        findings.clear();
        finished(0, 4);
        cursor(3, 5);
        check();
        assertTrue(findings.get(0).what().startsWith("sequence 5 was received"), findings::toString);
    }

    @Test
    void findsPagesOfACursorThatMakeNoSense() {
        put(
                Family.CURSOR,
                Keys.cursor(SLOT, 7, Keys.CURSOR_FINISHED, 1),
                FinishedValue.newBuilder()
                        .setBits(ByteString.copyFrom(new byte[5]))
                        .build());
        assertFound(new Finding.BadRow(Family.CURSOR, "c", "finished page 1", "the page has 5 bytes"));
        findings.clear();
        cursor(2000, 2000);
        finished(1, 0);
        delete(Family.CURSOR, Keys.cursor(SLOT, 7, Keys.CURSOR_RELEASED, 0));
        assertFound(new Finding.BadRow(Family.CURSOR, "c", "finished page 0", "the page is below the head, 2000"));
    }

    @Test
    void findsADeadlineThatIsNotInTheIndex() {
        delete(Family.EXPIRY, Keys.expiry(LATER_MS, Keys.EXPIRES_QUEUE, Keys.queue(SLOT, 7, 7)));
        delete(Family.EXPIRY, Keys.expiry(LATER_MS, Keys.EXPIRES_QUEUE, Keys.queue(SLOT, 7, 6)));
        assertFound(
                new Finding.NeverExpires(Family.QUEUE, "c", "sequence 6", LATER_MS),
                new Finding.NeverExpires(Family.QUEUE, "c", "sequence 7", LATER_MS));
    }

    @Test
    void expectsNoPastDeadlineInTheIndex() {
        put(
                Family.RETAINED,
                Keys.retained(utf8("old")),
                RetainedValue.newBuilder().setMessage(message("old", NOW_MS)).build());
        assertFound();
    }

    @Test
    void findsADeadlineOfAnUnknownKind() {
        put(Family.EXPIRY, Keys.expiry(LATER_MS, (byte) 9, Keys.queue(SLOT, 7, 3)), NOTHING);
        check();
        assertEquals(1, findings.size());
        assertTrue(findings.get(0).what().contains("kind 9"), findings::toString);
    }

    @Test
    void findsIdentifiersThatWouldBeGivenTwice() {
        put(
                Family.META,
                Keys.meta("limits"),
                LimitsValue.newBuilder().setSessionId(7).setPosition(1000).build());
        check();
        assertEquals("limits", findings.get(0).where());
        findings.clear();
        delete(Family.META, Keys.meta("limits"));
        check();
        assertEquals(1, findings.size());
    }

    @Test
    void findsThatTheFormatIsMissing() {
        delete(Family.META, Keys.meta("format"));
        assertFound(new Finding.BadMeta("format", "it is not there"));
    }

    @Test
    void findsTwoSessionsWithOneId() {
        put(
                Family.SESSION,
                Keys.session(Keys.slot("d"), "d"),
                SessionValue.newBuilder().setSessionId(7).build());
        check();
        assertEquals(
                1, findings.stream().filter(f -> f instanceof Finding.BadRow).count(), findings::toString);
    }

    @Test
    void findsASessionInTheSlotOfAnother() {
        put(
                Family.SESSION,
                Keys.session(SLOT ^ 1, "c"),
                SessionValue.newBuilder().setSessionId(8).build());
        check();
        assertEquals("the key has the slot of another client", findings.get(0).what());
    }

    @Test
    void findsASessionThatWouldNotGiveBackWhatIsShared() {
        put(
                Family.QUEUE,
                Keys.queue(SLOT, 7, 8),
                EntryValue.newBuilder()
                        .setShare("$share/g/x")
                        .setMessage(message("x", 0))
                        .build());
        assertFound();
        put(
                Family.SESSION,
                Keys.session(SLOT, "c"),
                SessionValue.newBuilder().setSessionId(7).setExpiryS(60).build());
        check();
        assertEquals(Finding.BadSession.class, findings.get(0).getClass());
        assertEquals(1, findings.size());
    }

    @Test
    void findsAReplayWithoutItsSubscription() {
        put(Family.REPLAY, Keys.subscription(SLOT, 7, "b"), ReplayValue.getDefaultInstance());
        assertFound(new Finding.BadRow(Family.REPLAY, "c", "filter b", "the session has no such subscription"));
    }

    @Test
    void findsASubscriptionThatIsNotThatOfItsKey() {
        put(
                Family.SUBSCRIPTION,
                Keys.subscription(SLOT, 7, "$share/h/y"),
                SubscriptionValue.newBuilder().setShareName("g").build());
        check();
        assertEquals("filter $share/h/y", findings.get(0).where());
    }

    @Test
    void findsARetainedMessageUnderAnotherTopic() {
        put(
                Family.RETAINED,
                Keys.retained(utf8("z")),
                RetainedValue.newBuilder().setMessage(message("a", 0)).build());
        assertFound(new Finding.BadRow(Family.RETAINED, null, "topic z", "it holds a message of another topic"));
    }

    @Test
    void findsAWaitingMessageThatRefersToABody() {
        put(
                Family.GROUP,
                Keys.group("$share/g/x", 9),
                EntryValue.newBuilder().setBodyId(20).build());
        assertFound(new Finding.BadRow(Family.GROUP, null, "group $share/g/x, sequence 9", "it holds no message"));
    }

    @Test
    void findsValuesThatCannotBeParsed() {
        byte[] garbage = {(byte) 0xff, 1, 2};
        put(Family.SUBSCRIPTION, Keys.subscription(SLOT, 7, "q"), garbage);
        put(Family.REPLAY, Keys.subscription(SLOT, 7, "q"), garbage);
        put(Family.INBOUND, Keys.inbound(SLOT, 7, 6), garbage);
        put(Family.CURSOR, Keys.cursor(SLOT, 7, Keys.CURSOR_RELEASED, 1), garbage);
        put(Family.QUEUE, Keys.queue(SLOT, 7, 8), garbage);
        put(Family.MESSAGE, Keys.message(40), garbage);
        put(Family.RETAINED, Keys.retained(utf8("q")), garbage);
        put(Family.GROUP, Keys.group("$share/g/x", 9), garbage);
        put(Family.SESSION, Keys.session(Keys.slot("q"), "q"), garbage);
        put(Family.META, Keys.meta("alive"), garbage);
        check();
        assertEquals(10, findings.size(), findings::toString);
    }

    @Test
    void findsKeysThatMakeNoSense() {
        byte[] odd = {1, 2, 3};
        for (Family family : Family.values()) {
            if (family != Family.META) {
                put(family, odd, NOTHING);
            }
        }
        put(Family.META, new byte[] {(byte) 0xff}, NOTHING);
        check();
        assertEquals(Family.values().length, findings.size(), findings::toString);
    }
}
