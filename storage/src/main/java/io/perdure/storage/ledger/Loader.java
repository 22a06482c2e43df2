package io.perdure.storage.ledger;

import com.google.protobuf.ByteString;
import io.perdure.storage.RecoveryReport;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.Subscription;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.LimitsValue;
import io.perdure.storage.format.proto.ReleasedValue;
import io.perdure.storage.format.proto.ReplayValue;
import io.perdure.storage.format.proto.SessionValue;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the rows of a store into memory: sessions, subscriptions, cursors, QoS 2 receipts, replays; no messages. What it
 * costs grows with the sessions. Runs before the ledger's thread is started.
 */
final class Loader {

    private final Engine engine;
    private final StoreOptions options;
    private final Shard shard;
    private final Sessions sessions;
    private final SharedGroups groups;
    private final RetainedReplays replays;
    private final Publishing publishing;
    private final Runnable commit;
    private final StartProgress progress;
    private long subscriptions;
    private boolean created;
    private boolean cleanStop;
    private long clockBehindMs;

    Loader(
            Engine engine,
            StoreOptions options,
            Shard shard,
            Sessions sessions,
            SharedGroups groups,
            RetainedReplays replays,
            Publishing publishing,
            Runnable commit,
            StartProgress progress) {
        this.engine = engine;
        this.options = options;
        this.shard = shard;
        this.sessions = sessions;
        this.groups = groups;
        this.replays = replays;
        this.publishing = publishing;
        this.commit = commit;
        this.progress = progress;
    }

    void load(LastAlive last, LedgerClock clock) {
        long stoppedMs = last.ledgerMs();
        created = stoppedMs == 0;
        cleanStop = meta("clean") != null;
        clockBehindMs = last.behindMs(clock.systemMs());
        byte[] limitsRow = meta("limits");
        if (limitsRow != null) {
            LimitsValue limits = Values.parse(LimitsValue.parser(), limitsRow, Family.META);
            shard.loadLimits(limits.getSessionId(), limits.getPosition());
        }
        scan(Family.SESSION, "sessions", this::loadSession);
        scan(Family.CURSOR, "cursors", this::loadCursor);
        scan(Family.INBOUND, "receipts", this::loadInbound);
        scan(Family.SUBSCRIPTION, "subscriptions", this::loadSubscription);
        scan(Family.REPLAY, "replays", this::loadReplay);
        progress.phase("groups");
        groups.load();
        publishing.setAnyRetained(isAnyRetained());
        progress.phase("settle", "sessions");
        shard.sessions().forEach(s -> {
            sessions.recover(s, stoppedMs, clock.nowMs(), options.willGraceMs());
            progress.done(1);
            if (shard.group.isFull()) {
                commit.run();
            }
        });
        shard.rows().removeCleanStop();
        shard.rows().alive(clock); // from now on the store is not new
    }

    /** What was found; to be called when it is committed. */
    RecoveryReport report() {
        return new RecoveryReport(
                progress.startedMs(),
                progress.elapsedMs(),
                progress.end(),
                created,
                cleanStop,
                clockBehindMs,
                shard.sessions().size(),
                subscriptions,
                engine.estimateRows(Family.RETAINED.index()),
                engine.estimateRows(Family.QUEUE.index()),
                progress.tableBytes(),
                progress.logBytes(),
                progress.repaired(),
                progress.setAside());
    }

    private byte @Nullable [] meta(String name) {
        return engine.get(Family.META.index(), Keys.meta(name));
    }

    private boolean isAnyRetained() {
        try (Engine.Rows rows = engine.scan(Family.RETAINED.index(), new byte[0], null)) {
            return rows.next();
        }
    }

    private void scan(Family family, String name, BiConsumer<byte[], byte[]> row) {
        progress.phase(name, "rows");
        try (Engine.Rows rows = engine.scan(family.index(), new byte[0], null)) {
            while (rows.next()) {
                load(family, row, rows);
                progress.done(1);
            }
        }
    }

    /** A row that can't be what it is said to be is damage, however it shows. */
    private static void load(Family family, BiConsumer<byte[], byte[]> row, Engine.Rows rows) {
        try {
            row.accept(rows.key(), rows.value());
        } catch (RuntimeException e) {
            throw new StoreException(
                    StoreException.Kind.DAMAGED,
                    "a row of family " + family + " can't be what it is said to be, key "
                            + HexFormat.of().formatHex(rows.key()) + ": " + e.getMessage(),
                    e);
        }
    }

    private void loadSession(byte[] key, byte[] value) {
        SessionValue v = Values.parse(SessionValue.parser(), value, Family.SESSION);
        String clientId = Keys.clientId(key);
        SessionState s = new SessionState(clientId, Keys.slot(clientId), v.getSessionId(), v.getCreatedMs());
        s.generation = v.getGeneration();
        s.expiryS = Integer.toUnsignedLong(v.getExpiryS());
        s.attachedAtMs = v.getAttachedAtMs();
        s.detachedAtMs = v.getDetachedAtMs();
        s.will = v.hasWill() ? Values.will(v.getWill()) : null;
        s.willDueMs = v.getWillDueMs();
        s.shared = v.getShared();
        s.recorded = true;
        shard.add(s);
    }

    /** Rows of a session come in the order position, pages, chunks. */
    private void loadCursor(byte[] key, byte[] value) {
        SessionState s = owner(key);
        if (s == null) {
            return;
        }
        switch (Keys.cursorKind(key)) {
            case Keys.CURSOR_POSITION -> {
                CursorValue v = Values.parse(CursorValue.parser(), value, Family.CURSOR);
                s.cursor.loadPosition(v.getHead(), v.getSentLimit());
            }
            case Keys.CURSOR_FINISHED -> {
                ByteString bits = Values.parse(FinishedValue.parser(), value, Family.CURSOR)
                        .getBits();
                long[] words = new long[Cursor.PAGE_BITS / 64];
                ByteBuffer.wrap(bits.toByteArray())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asLongBuffer()
                        .get(words);
                s.cursor.loadPage(Keys.cursorNumber(key), words);
            }
            case Keys.CURSOR_RELEASED ->
                s.cursor.loadChunk(
                        Keys.cursorNumber(key),
                        Values.parse(ReleasedValue.parser(), value, Family.CURSOR)
                                .getSequencesList());
            default ->
                throw new StoreException("unknown kind of cursor row: " + Keys.cursorKind(key)
                        + "; the store was written by a newer version of perdure");
        }
    }

    private void loadInbound(byte[] key, byte[] value) {
        SessionState s = owner(key);
        if (s != null) {
            s.addInbound(Keys.packetId(key));
        }
    }

    private void loadSubscription(byte[] key, byte[] value) {
        SessionState s = owner(key);
        if (s == null) {
            return;
        }
        SubscriptionValue v = Values.parse(SubscriptionValue.parser(), value, Family.SUBSCRIPTION);
        String fullFilter = Keys.fullFilter(key);
        String shareName = v.getShareName().isEmpty() ? null : v.getShareName();
        String filter =
                shareName == null ? fullFilter : fullFilter.substring("$share/".length() + shareName.length() + 1);
        Subscription subscription = new Subscription(
                s,
                filter,
                shareName,
                v.getMaximumQos(),
                v.getNoLocal(),
                v.getRetainAsPublished(),
                v.getRetainHandling(),
                v.getSubscriptionId());
        shard.subscribe(s, subscription);
        if (shareName != null) {
            groups.join(s, subscription);
        }
        subscriptions++;
    }

    private void loadReplay(byte[] key, byte[] value) {
        SessionState s = owner(key);
        if (s == null) {
            return;
        }
        ReplayValue v = Values.parse(ReplayValue.parser(), value, Family.REPLAY);
        replays.resume(new RetainedReplays.Job(
                s,
                Keys.fullFilter(key),
                v.getPosition(),
                v.getMaximumQos(),
                v.getSubscriptionId(),
                v.getLastKey().toByteArray()));
    }

    /** The session of a row; null if it has ended and the row waits for removal. */
    private @Nullable SessionState owner(byte[] key) {
        return shard.find(Keys.sessionId(key));
    }
}
