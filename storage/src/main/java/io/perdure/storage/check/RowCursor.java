package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * All rows of a family in their order, over parts that can't be read: it looks for the next key that can, and goes on there.
 * For one thread.
 */
final class RowCursor implements AutoCloseable {

    /** Keys are compared as fractions of so many bytes more than the last one had. */
    private static final int MORE_BYTES = 10;

    /**
     * Rows that can't be read.
     *
     * @param after the last key before them
     * @param before the first key after them; empty if there is none
     */
    record Hole(byte[] after, byte[] before, String reason) {

        /** Whether a key that begins so may have been in it. */
        boolean mayHold(byte[] prefix) {
            boolean endsBefore = before.length > 0
                    && Arrays.compareUnsigned(before, 0, before.length, prefix, 0, prefix.length) <= 0;
            boolean beginsAfter = Arrays.compareUnsigned(after, prefix) > 0 && !startsWith(after, prefix);
            return !endsBefore && !beginsAfter;
        }
    }

    /** After all keys. A scan without an upper bound would read far ahead. */
    private static final byte[] CEILING = new byte[16];

    static {
        Arrays.fill(CEILING, (byte) 0xff);
    }

    private final Engine engine;
    private final Family family;
    private final Consumer<Hole> holes;
    private Engine.Rows rows;
    private byte[] key = {};
    private boolean ended;

    RowCursor(Engine engine, Family family, Consumer<Hole> holes) {
        this.engine = engine;
        this.family = family;
        this.holes = holes;
        rows = engine.scan(family.index(), new byte[0], null);
    }

    /** Goes to the next row; false at the end. */
    boolean next() {
        if (ended) {
            return false;
        }
        boolean row;
        try {
            row = rows.next();
        } catch (StoreException e) {
            row = skip(e);
        }
        ended = !row;
        if (row) {
            key = rows.key();
        }
        return row;
    }

    byte[] key() {
        return key;
    }

    byte[] value() {
        return rows.value();
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /** Looks further and further away for a key from which on it can be read, then for the first such key. */
    private boolean skip(StoreException failure) {
        byte[] after = key;
        int length = after.length + MORE_BYTES;
        BigInteger last = new BigInteger(1, Arrays.copyOf(after, length));
        BigInteger end = BigInteger.ONE.shiftLeft(8 * length);
        BigInteger unreadable = last;
        BigInteger step = BigInteger.ONE;
        BigInteger readable = last.add(step);
        while (readable.compareTo(end) < 0 && !isReadable(readable, length)) {
            unreadable = readable;
            step = step.shiftLeft(1);
            readable = last.add(step);
        }
        if (readable.compareTo(end) >= 0) {
            readable = end.subtract(BigInteger.ONE);
            if (!isReadable(readable, length)) {
                holes.accept(new Hole(after, new byte[0], reason(failure)));
                return false;
            }
        }
        while (readable.subtract(unreadable).compareTo(BigInteger.ONE) > 0) {
            BigInteger middle = readable.add(unreadable).shiftRight(1);
            if (isReadable(middle, length)) {
                readable = middle;
            } else {
                unreadable = middle;
            }
        }
        rows.close();
        rows = engine.scan(family.index(), bytes(readable, length), null);
        boolean row = rows.next();
        holes.accept(new Hole(after, row ? rows.key() : new byte[0], reason(failure)));
        return row;
    }

    /** Whether there is a row from there on that can be read, or none at all. Scans are no good any more after a failure. */
    private boolean isReadable(BigInteger at, int length) {
        try (Engine.Rows probe = engine.scan(family.index(), bytes(at, length), CEILING)) {
            probe.next();
            return true;
        } catch (StoreException e) {
            return false;
        }
    }

    private static byte[] bytes(BigInteger number, int length) {
        byte[] digits = number.toByteArray();
        byte[] bytes = new byte[length];
        int n = Math.min(digits.length, length);
        System.arraycopy(digits, digits.length - n, bytes, length - n, n);
        return bytes;
    }

    private static String reason(StoreException e) {
        return String.valueOf(
                e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
    }

    @Override
    public void close() {
        rows.close();
    }
}
