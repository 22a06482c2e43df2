package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import java.util.Arrays;

/**
 * A position in a family whose keys begin with a slot, that only moves forward, following a walk over keys of the same order: near goals are reached
 * by stepping, far ones by a seek.
 */
final class Follower implements AutoCloseable {

    private static final int NEAR = 8;
    private static final byte[] FIRST = {};
    /** After all slots. A scan without an upper bound would read far ahead after each seek. */
    private static final byte[] LAST = {Keys.SLOTS >> 8, 0};

    private final Engine.Rows rows;
    private byte[] key = FIRST;
    private boolean started;
    private boolean ended;

    Follower(Engine engine, Family family) {
        rows = engine.scan(family.index(), FIRST, LAST);
    }

    /** Goes to the first row at or after a goal, which is not before an earlier one; false if there is none. */
    boolean seek(byte[] goal) {
        for (int steps = 0; started && !ended && steps < NEAR; steps++) {
            if (Arrays.compareUnsigned(key, goal) >= 0) {
                return true;
            }
            next();
        }
        if (ended) {
            return false;
        }
        if (!started || Arrays.compareUnsigned(key, goal) < 0) {
            at(rows.seek(goal));
        }
        return !ended;
    }

    /** Goes to the next row; false at the end. */
    boolean next() {
        if (!ended) {
            at(rows.next());
        }
        return !ended;
    }

    private void at(boolean row) {
        started = true;
        ended = !row;
        if (row) {
            key = rows.key();
        }
    }

    /** Whether it is on a row whose key begins so. */
    boolean within(byte[] prefix) {
        return started
                && !ended
                && key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    byte[] key() {
        return key;
    }

    byte[] value() {
        return rows.value();
    }

    @Override
    public void close() {
        rows.close();
    }
}
