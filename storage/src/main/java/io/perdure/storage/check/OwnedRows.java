package io.perdure.storage.check;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of a family that belong to sessions, session by session in the order of slot and session id. Rows that belong to
 * none are found in passing. For one thread.
 */
final class OwnedRows implements AutoCloseable {

    private final Family family;
    private final Tally tally;
    private final RowCursor rows;
    /** Those that reach up to where it is, or past it. */
    private final List<RowCursor.Hole> holes = new ArrayList<>(0);

    private boolean onRow;
    private long ownerless;
    private byte[] ownerlessPrefix = {};

    OwnedRows(Engine engine, Family family, Tally tally) {
        this.family = family;
        this.tally = tally;
        rows = new RowCursor(engine, family, this::hole);
        next();
    }

    private void hole(RowCursor.Hole hole) {
        holes.add(hole);
        tally.hole(family, hole);
    }

    /** Goes to the next row whose key is well-formed. */
    void next() {
        onRow = rows.next();
        while (onRow) {
            tally.row(family, rows.key(), rows.value());
            String problem = KeyRules.problem(family, rows.key());
            if (problem == null) {
                return;
            }
            tally.found(new Finding.BadRow(family, null, Texts.key(family, rows.key()), problem));
            onRow = rows.next();
        }
    }

    /**
     * Whether it is at a row of this session; to be asked for sessions in their order.
     *
     * @param prefix slot and session id
     */
    boolean isAt(byte[] prefix) {
        while (onRow && compare(prefix) < 0) {
            ownerless();
            next();
        }
        if (ownerless > 0) {
            tellOwnerless();
        }
        return onRow && compare(prefix) == 0;
    }

    private int compare(byte[] prefix) {
        return Arrays.compareUnsigned(rows.key(), 0, Keys.SESSION_PREFIX, prefix, 0, prefix.length);
    }

    private void ownerless() {
        if (ownerless > 0 && !RowCursor.startsWith(rows.key(), ownerlessPrefix)) {
            tellOwnerless();
        }
        ownerlessPrefix = Arrays.copyOf(rows.key(), Keys.SESSION_PREFIX);
        ownerless++;
    }

    private void tellOwnerless() {
        tally.found(new Finding.Ownerless(family, Keys.sessionId(ownerlessPrefix), ownerless));
        ownerless = 0;
    }

    byte[] key() {
        return rows.key();
    }

    byte[] value() {
        return rows.value();
    }

    /** Whether rows of a session may be among those that can't be read; to be asked after its rows. */
    boolean isIncomplete(byte[] prefix) {
        if (holes.isEmpty()) {
            return false;
        }
        holes.removeIf(h -> h.before().length > 0
                && Arrays.compareUnsigned(h.before(), 0, h.before().length, prefix, 0, prefix.length) <= 0);
        return holes.stream().anyMatch(h -> h.mayHold(prefix));
    }

    /** To be called after the last session: all that is left belongs to none. */
    void end() {
        while (onRow) {
            ownerless();
            next();
        }
        if (ownerless > 0) {
            tellOwnerless();
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
