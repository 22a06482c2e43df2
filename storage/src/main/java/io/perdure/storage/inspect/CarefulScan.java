package io.perdure.storage.inspect;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a family around what can't be read: the rows that can, in order, and the key ranges between them that can't.
 *
 * <p>A table is read by blocks of many rows. Where one fails, the next key that can be read is looked for by halving the
 * range of all keys.
 */
final class CarefulScan {

    /** What is found. For the thread of the scan. */
    interface Visitor {

        /** A row; what is in it has not been looked at. */
        void row(byte[] key, byte[] value);

        /**
         * Rows that can't be read.
         *
         * @param after the last key before that could be; empty if there is none
         * @param before the first key after that can be; null if there is none
         */
        void unreadable(byte[] after, byte @Nullable [] before, String reason);
    }

    /** Keys are told apart by so many bytes; of what begins alike, all is left out. */
    private static final int KEY_BYTES = 24;

    private final Engine engine;
    private final int family;
    private final Visitor visitor;
    private Engine.Rows rows;
    private @Nullable String failure;

    private CarefulScan(Engine engine, int family, Visitor visitor) {
        this.engine = engine;
        this.family = family;
        this.visitor = visitor;
        this.rows = engine.scan(family, new byte[0], null);
    }

    static void run(Engine engine, int family, Visitor visitor) {
        CarefulScan scan = new CarefulScan(engine, family, visitor);
        try {
            scan.run();
        } finally {
            scan.rows.close();
        }
    }

    private void run() {
        byte[] last = {};
        boolean atRow = attempt(() -> rows.next());
        while (true) {
            String reason = failure;
            if (reason != null) {
                atRow = skip(last);
                visitor.unreadable(last, atRow ? rows.key() : null, reason);
            }
            if (!atRow) {
                return;
            }
            last = rows.key();
            visitor.row(last, rows.value());
            atRow = attempt(() -> rows.next());
        }
    }

    /** Goes to the first row after the damage; false if there is none. */
    private boolean skip(byte[] last) {
        byte[] end = new byte[KEY_BYTES];
        Arrays.fill(end, (byte) 0xff);
        if (!isReadable(end)) {
            return false;
        }
        BigInteger damaged = new BigInteger(1, Arrays.copyOf(last, KEY_BYTES));
        BigInteger readable = new BigInteger(1, end);
        while (readable.subtract(damaged).compareTo(BigInteger.ONE) > 0) {
            BigInteger middle = damaged.add(readable).shiftRight(1);
            if (isReadable(bytes(middle))) {
                readable = middle;
            } else {
                damaged = middle;
            }
        }
        return begin(bytes(readable));
    }

    private boolean isReadable(byte[] key) {
        begin(key);
        return failure == null;
    }

    /** Begins anew: a scan that has failed may fail where another does not. */
    private boolean begin(byte[] from) {
        rows.close();
        rows = engine.scan(family, from, null);
        return attempt(() -> rows.next());
    }

    /** Moves; false if there is no row, or if it {@link #failure fails}. */
    private boolean attempt(BooleanSupplier move) {
        failure = null;
        try {
            return move.getAsBoolean();
        } catch (StoreException e) {
            failure = String.valueOf(e.getMessage());
            return false;
        }
    }

    private static byte[] bytes(BigInteger key) {
        byte[] number = key.toByteArray();
        byte[] bytes = new byte[KEY_BYTES];
        int n = Math.min(number.length, KEY_BYTES);
        System.arraycopy(number, number.length - n, bytes, KEY_BYTES - n, n);
        return bytes;
    }
}
