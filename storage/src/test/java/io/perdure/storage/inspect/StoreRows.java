package io.perdure.storage.inspect;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.perdure.storage.Command;
import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.EntryCodec;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CleanStopValue;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.FormatValue;
import io.perdure.storage.format.proto.InboundValue;
import io.perdure.storage.format.proto.ReleasedValue;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.RetainedValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes rows as the ledger would. */
final class StoreRows {

    static final long NOW_MS = 1_800_000_000_000L;

    private final Engine engine;
    private final EntryCodec codec = new EntryCodec();

    StoreRows(Engine engine) {
        this.engine = engine;
    }

    private StoreRows put(Family family, byte[] key, byte[] value) {
        try (Engine.Batch batch = engine.newBatch()) {
            batch.put(family.index(), key, value);
            engine.write(batch, false);
        }
        return this;
    }

    private StoreRows put(Family family, byte[] key, MessageLite value) {
        return put(family, key, value.toByteArray());
    }

    StoreRows format(int version) {
        return put(
                Family.META,
                Keys.meta("format"),
                FormatValue.newBuilder()
                        .setVersion(version)
                        .setStoreId(ByteString.copyFrom(new byte[] {(byte) 0xca, (byte) 0xfe}))
                        .setCreatedMs(NOW_MS - 1000)
                        .build());
    }

    StoreRows alive(long wallMs) {
        return put(
                Family.META,
                Keys.meta("alive"),
                AliveValue.newBuilder().setWallMs(wallMs).build());
    }

    StoreRows clean(long wallMs) {
        return put(
                Family.META,
                Keys.meta("clean"),
                CleanStopValue.newBuilder().setWallMs(wallMs).build());
    }

    StoreRows session(String clientId, SessionValue.Builder value) {
        return put(Family.SESSION, Keys.session(Keys.slot(clientId), clientId), value.build());
    }

    StoreRows session(String clientId, long sessionId) {
        return session(
                clientId,
                SessionValue.newBuilder()
                        .setSessionId(sessionId)
                        .setExpiryS((int) Command.NO_EXPIRY)
                        .setDetachedAtMs(NOW_MS - 5000));
    }

    StoreRows subscription(String clientId, long sessionId, String filter, SubscriptionValue.Builder value) {
        return put(Family.SUBSCRIPTION, Keys.subscription(Keys.slot(clientId), sessionId, filter), value.build());
    }

    StoreRows replay(String clientId, long sessionId, String filter) {
        return put(
                Family.REPLAY,
                Keys.subscription(Keys.slot(clientId), sessionId, filter),
                ReplayValue.newBuilder().setPosition(7).build());
    }

    StoreRows cursor(String clientId, long sessionId, long head, long sentLimit) {
        return put(
                Family.CURSOR,
                Keys.cursor(Keys.slot(clientId), sessionId),
                CursorValue.newBuilder().setHead(head).setSentLimit(sentLimit).build());
    }

    StoreRows finished(String clientId, long sessionId, long page, byte... bits) {
        return put(
                Family.CURSOR,
                Keys.cursor(Keys.slot(clientId), sessionId, Keys.CURSOR_FINISHED, page),
                FinishedValue.newBuilder().setBits(ByteString.copyFrom(bits)).build());
    }

    StoreRows released(String clientId, long sessionId, long ordinal, Long... sequences) {
        return put(
                Family.CURSOR,
                Keys.cursor(Keys.slot(clientId), sessionId, Keys.CURSOR_RELEASED, ordinal),
                ReleasedValue.newBuilder()
                        .addAllSequences(Arrays.asList(sequences))
                        .build());
    }

    StoreRows inbound(String clientId, long sessionId, int packetId, long receivedAtMs) {
        return put(
                Family.INBOUND,
                Keys.inbound(Keys.slot(clientId), sessionId, packetId),
                InboundValue.newBuilder().setReceivedAtMs(receivedAtMs).build());
    }

    StoreRows queue(String clientId, long sessionId, Entry entry) {
        int length = codec.write(entry, null);
        return put(
                Family.QUEUE,
                Keys.queue(Keys.slot(clientId), sessionId, entry.sequence()),
                Arrays.copyOf(codec.buffer(), length));
    }

    StoreRows group(String fullFilter, Entry entry) {
        int length = codec.write(entry, null);
        return put(Family.GROUP, Keys.group(fullFilter, entry.sequence()), Arrays.copyOf(codec.buffer(), length));
    }

    StoreRows body(long bodyId, Message message) {
        return put(Family.MESSAGE, Keys.message(bodyId), Values.message(message));
    }

    StoreRows retained(Message message) {
        return put(
                Family.RETAINED,
                Keys.retained(message.topic()),
                RetainedValue.newBuilder().setMessage(Values.message(message)).build());
    }

    static Message message(String topic, String payload) {
        return new Message(utf8(topic), utf8(payload), new byte[0], 1, NOW_MS - 100, Message.NEVER);
    }

    static Entry entry(long sequence, int qos) {
        return new Entry(sequence, message("t/" + sequence, "payload " + sequence), qos, false, Entry.NO_IDS, 0);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
