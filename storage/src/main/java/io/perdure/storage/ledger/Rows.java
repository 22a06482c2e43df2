package io.perdure.storage.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Subscription;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.EntryCodec;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.ShareOrigin;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CleanStopValue;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.InboundValue;
import io.perdure.storage.format.proto.LimitsValue;
import io.perdure.storage.format.proto.ReleasedValue;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.RetainedValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Turns what the ledger decides into rows of a batch, one method for each kind of row. Owned by the ledger's thread. */
final class Rows {

    /** A shorter stretch is not worth a range delete, which makes later reads slow. */
    static final int RANGE_ENTRIES = 64;

    private static final byte[] NOTHING = {};

    private final Engine.Batch batch;
    private final EntryCodec codec = new EntryCodec();
    private final byte[] queueKey = new byte[Keys.QUEUE_KEY];

    Rows(Engine.Batch batch) {
        this.batch = batch;
    }

    void session(SessionState s) {
        SessionValue.Builder v = SessionValue.newBuilder()
                .setSessionId(s.id)
                .setGeneration(s.generation)
                .setExpiryS((int) s.expiryS)
                .setDetachedAtMs(s.detachedAtMs)
                .setCreatedMs(s.createdMs)
                .setAttachedAtMs(s.attachedAtMs)
                .setWillDueMs(s.willDueMs)
                .setShared(s.shared);
        if (s.will != null) {
            v.setWill(Values.will(s.will));
        }
        put(Family.SESSION, Keys.session(s.slot, s.clientId), v.build());
    }

    void removeSession(SessionState s) {
        delete(Family.SESSION, Keys.session(s.slot, s.clientId));
    }

    void subscription(SessionState s, Subscription sub) {
        SubscriptionValue v = SubscriptionValue.newBuilder()
                .setMaximumQos(sub.maximumQos())
                .setNoLocal(sub.noLocal())
                .setRetainAsPublished(sub.retainAsPublished())
                .setRetainHandling(sub.retainHandling())
                .setSubscriptionId(sub.subscriptionId())
                .setShareName(sub.shareName() == null ? "" : sub.shareName())
                .build();
        put(Family.SUBSCRIPTION, Keys.subscription(s.slot, s.id, sub.fullFilter()), v);
    }

    void removeSubscription(SessionState s, String fullFilter) {
        delete(Family.SUBSCRIPTION, Keys.subscription(s.slot, s.id, fullFilter));
    }

    void entry(SessionState s, Entry e, @Nullable ShareOrigin origin) {
        Keys.queue(queueKey, s.slot, s.id, e.sequence());
        int length = codec.write(e, origin);
        batch.put(Family.QUEUE.index(), queueKey, Keys.QUEUE_KEY, codec.buffer(), length);
    }

    void removeEntry(SessionState s, long sequence) {
        Keys.queue(queueKey, s.slot, s.id, sequence);
        batch.delete(Family.QUEUE.index(), queueKey, Keys.QUEUE_KEY);
    }

    /** Removes the entries of {@code [from, to)}, with a range delete if there are many. */
    void removeEntries(SessionState s, long from, long to) {
        if (to - from < RANGE_ENTRIES) {
            for (long sequence = from; sequence < to; sequence++) {
                removeEntry(s, sequence);
            }
            return;
        }
        batch.deleteRange(Family.QUEUE.index(), Keys.queue(s.slot, s.id, from), Keys.queue(s.slot, s.id, to));
    }

    void body(long bodyId, Message m) {
        int length = codec.write(m);
        byte[] key = Keys.message(bodyId);
        batch.put(Family.MESSAGE.index(), key, key.length, codec.buffer(), length);
    }

    void removeBodies(long from, long to) {
        batch.deleteRange(Family.MESSAGE.index(), Keys.message(from), Keys.message(to));
    }

    void inbound(SessionState s, int packetId, long nowMs) {
        put(
                Family.INBOUND,
                Keys.inbound(s.slot, s.id, packetId),
                InboundValue.newBuilder().setReceivedAtMs(nowMs).build());
    }

    void removeInbound(SessionState s, int packetId) {
        delete(Family.INBOUND, Keys.inbound(s.slot, s.id, packetId));
    }

    void replay(RetainedReplays.Job job) {
        ReplayValue v = ReplayValue.newBuilder()
                .setPosition(job.position)
                .setLastKey(ByteString.copyFrom(job.lastKey))
                .setMaximumQos(job.maximumQos)
                .setSubscriptionId(job.subscriptionId)
                .build();
        put(Family.REPLAY, Keys.subscription(job.session.slot, job.session.id, job.topicFilter), v);
    }

    void removeReplay(SessionState s, String topicFilter) {
        delete(Family.REPLAY, Keys.subscription(s.slot, s.id, topicFilter));
    }

    /** @param key its key in {@link Family#GROUP} */
    void groupEntry(byte[] key, Entry e, ShareOrigin origin) {
        int length = codec.write(e, origin);
        batch.put(Family.GROUP.index(), key, key.length, codec.buffer(), length);
    }

    /** Removes the rows of {@code [from, to)} of {@link Family#GROUP}. */
    void removeGroupEntries(byte[] from, byte[] to) {
        batch.deleteRange(Family.GROUP.index(), from, to);
    }

    void retained(Message m, long position, String publisher) {
        RetainedValue v = RetainedValue.newBuilder()
                .setMessage(Values.message(m))
                .setPosition(position)
                .setPublisher(publisher)
                .build();
        put(Family.RETAINED, Keys.retained(m.topic()), v);
    }

    void removeRetained(byte[] topic) {
        delete(Family.RETAINED, Keys.retained(topic));
    }

    void expiry(long deadlineMs, byte kind, byte[] rowKey) {
        byte[] key = Keys.expiry(deadlineMs, kind, rowKey);
        batch.put(Family.EXPIRY.index(), key, key.length, NOTHING, 0);
    }

    void removeExpiry(byte[] key) {
        delete(Family.EXPIRY, key);
    }

    void alive(LedgerClock clock) {
        put(
                Family.META,
                Keys.meta("alive"),
                AliveValue.newBuilder()
                        .setWallMs(clock.nowMs())
                        .setSystemMs(clock.systemMs())
                        .build());
    }

    void cleanStop(LedgerClock clock) {
        put(
                Family.META,
                Keys.meta("clean"),
                CleanStopValue.newBuilder()
                        .setWallMs(clock.nowMs())
                        .setSystemMs(clock.systemMs())
                        .build());
    }

    void removeCleanStop() {
        delete(Family.META, Keys.meta("clean"));
    }

    void limits(long sessionId, long position) {
        put(
                Family.META,
                Keys.meta("limits"),
                LimitsValue.newBuilder()
                        .setSessionId(sessionId)
                        .setPosition(position)
                        .build());
    }

    void delete(Family family, byte[] key) {
        batch.delete(family.index(), key, key.length);
    }

    private void put(Family family, byte[] key, MessageLite value) {
        batch.put(family.index(), key, value.toByteArray());
    }

    /** Writes what changed in the cursor of a session. */
    void cursor(SessionState s) {
        s.cursor.store(new CursorRows(s));
    }

    /** Removes all rows of the cursor of a session. */
    void removeCursor(SessionState s) {
        delete(Family.CURSOR, Keys.cursor(s.slot, s.id));
        s.cursor.eraseRows(new CursorRows(s));
    }

    private final class CursorRows implements Cursor.Rows {
        private final SessionState s;

        CursorRows(SessionState s) {
            this.s = s;
        }

        @Override
        public void position(long head, long sentLimit) {
            put(
                    Family.CURSOR,
                    Keys.cursor(s.slot, s.id),
                    CursorValue.newBuilder()
                            .setHead(head)
                            .setSentLimit(sentLimit)
                            .build());
        }

        @Override
        public void page(long page, long[] bits) {
            ByteBuffer bytes = ByteBuffer.allocate(8 * bits.length).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(bits);
            put(
                    Family.CURSOR,
                    Keys.cursor(s.slot, s.id, Keys.CURSOR_FINISHED, page),
                    FinishedValue.newBuilder()
                            .setBits(ByteString.copyFrom(bytes))
                            .build());
        }

        @Override
        public void removePage(long page) {
            delete(Family.CURSOR, Keys.cursor(s.slot, s.id, Keys.CURSOR_FINISHED, page));
        }

        @Override
        public void chunk(long ordinal, long[] sequences) {
            put(
                    Family.CURSOR,
                    Keys.cursor(s.slot, s.id, Keys.CURSOR_RELEASED, ordinal),
                    ReleasedValue.newBuilder()
                            .addAllSequences(Arrays.stream(sequences).boxed().toList())
                            .build());
        }

        @Override
        public void removeChunk(long ordinal) {
            delete(Family.CURSOR, Keys.cursor(s.slot, s.id, Keys.CURSOR_RELEASED, ordinal));
        }
    }
}
