package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import org.jspecify.annotations.Nullable;

/** The index of deadlines against the messages that have one. For one thread. */
final class Deadlines {

    private static final byte[] NOTHING = {};

    private final Engine engine;
    private final Tally tally;
    private final long pastMs;
    private long needed;
    private long rows;
    private long bytes;
    private boolean incomplete;

    /** @param pastMs the broker may have removed what was due by then from the index */
    Deadlines(Engine engine, Tally tally, long pastMs) {
        this.engine = engine;
        this.tally = tally;
        this.pastMs = pastMs;
    }

    /** Reads the index. To be called first. */
    void read() {
        try (RowCursor cursor = new RowCursor(engine, Family.EXPIRY, this::hole)) {
            while (cursor.next()) {
                tally.row(Family.EXPIRY, cursor.key(), cursor.value());
                String problem = KeyRules.problem(Family.EXPIRY, cursor.key());
                if (problem == null) {
                    rows++;
                    bytes += cursor.key().length;
                } else {
                    tally.found(
                            new Finding.BadRow(Family.EXPIRY, null, Texts.key(Family.EXPIRY, cursor.key()), problem));
                }
            }
        }
    }

    private void hole(RowCursor.Hole hole) {
        incomplete = true;
        tally.hole(Family.EXPIRY, hole);
    }

    /**
     * A message is kept that expires.
     *
     * @param kind one of the {@code EXPIRES_} constants of {@link Keys}
     * @param key of its row in its family
     */
    void expects(Family family, byte kind, byte[] key, long deadlineMs, @Nullable String clientId, String where) {
        byte[] indexKey = Keys.expiry(deadlineMs, kind, key);
        tally.keep(Family.EXPIRY, indexKey, NOTHING);
        if (isThere(indexKey)) {
            needed++;
            bytes -= indexKey.length;
        } else if (deadlineMs > pastMs && !incomplete) {
            tally.found(new Finding.NeverExpires(family, clientId, where, deadlineMs));
        }
    }

    private boolean isThere(byte[] indexKey) {
        try {
            return engine.get(Family.EXPIRY.index(), indexKey) != null;
        } catch (StoreException e) {
            return false;
        }
    }

    /** To be called last. */
    void end() {
        tally.garbage(Family.EXPIRY, rows - needed, bytes);
    }
}
