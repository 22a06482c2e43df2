package io.perdure.storage.ledger;

import io.perdure.storage.Message;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import io.perdure.storage.format.proto.RetainedValue;
import java.nio.ByteBuffer;

/**
 * Removes messages whose time has come, from queues, groups and the retained store. Owned by the ledger's thread.
 *
 * <p>A queue entry that may have been sent is left alone: its delivery runs to its end [MQTT-3.3.2-5].
 */
final class ExpirySweeper {

    private static final int PAGE = 4096;

    private final Shard shard;

    ExpirySweeper(Shard shard) {
        this.shard = shard;
    }

    /** For recovery: finds the first deadline. */
    void load() {
        shard.setNextDeadline(firstDeadline());
    }

    /** Sweeps a page. To be called when all rows are committed. */
    void sweep(long nowMs) {
        if (nowMs < shard.nextDeadlineMs()) {
            return;
        }
        int n = 0;
        long next = Long.MAX_VALUE;
        try (Engine.Rows rows = scan(shard.nextDeadlineMs())) {
            while (rows.next()) {
                long deadlineMs = deadline(rows.key());
                if (deadlineMs > nowMs || n++ == PAGE) {
                    next = deadlineMs;
                    break;
                }
                expire(rows.key(), nowMs);
                shard.rows().removeExpiry(rows.key());
            }
        }
        shard.setNextDeadline(next);
    }

    private void expire(byte[] expiryKey, long nowMs) {
        byte[] row = Keys.expiryRow(expiryKey);
        switch (Keys.expiryKind(expiryKey)) {
            case Keys.EXPIRES_QUEUE -> expireEntry(row);
            case Keys.EXPIRES_RETAINED -> expireRetained(row, nowMs);
            case Keys.EXPIRES_GROUP -> expireWaiting(row, nowMs);
            default -> throw new IllegalStateException("unknown kind of expiry row: " + Keys.expiryKind(expiryKey));
        }
    }

    private void expireEntry(byte[] queueKey) {
        SessionState s = shard.find(Keys.sessionId(queueKey));
        long sequence = Keys.sequence(queueKey);
        if (s != null && sequence >= s.cursor.sentLimit() && !s.cursor.isFinished(sequence)) {
            s.cursor.finish(sequence);
            shard.group.cursorChanged(s);
            shard.rows().removeEntry(s, sequence);
        }
    }

    private void expireRetained(byte[] retainedKey, long nowMs) {
        byte[] value = shard.engine.get(Family.RETAINED.index(), retainedKey);
        if (value != null
                && Values.message(Values.parse(RetainedValue.parser(), value, Family.RETAINED)
                                .getMessage())
                        .expired(nowMs)) {
            shard.rows().delete(Family.RETAINED, retainedKey);
        }
    }

    /** The sequences of a group begin anew when it was empty: another message may be there now. */
    private void expireWaiting(byte[] groupKey, long nowMs) {
        byte[] value = shard.engine.get(Family.GROUP.index(), groupKey);
        if (value != null
                && Values.message(Values.parse(EntryValue.parser(), value, Family.GROUP)
                                .getMessage())
                        .expired(nowMs)) {
            shard.rows().delete(Family.GROUP, groupKey);
        }
    }

    private long firstDeadline() {
        try (Engine.Rows rows = scan(0)) {
            return rows.next() ? deadline(rows.key()) : Long.MAX_VALUE;
        }
    }

    /** Begins at the first deadline, not at the rows that were removed before it. */
    private Engine.Rows scan(long fromMs) {
        return shard.engine.scan(Family.EXPIRY.index(), Keys.number(fromMs), Keys.number(Message.NEVER));
    }

    private static long deadline(byte[] expiryKey) {
        return ByteBuffer.wrap(expiryKey).getLong();
    }
}
