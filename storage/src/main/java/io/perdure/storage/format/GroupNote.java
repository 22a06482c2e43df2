package io.perdure.storage.format;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The note that ends each batch of the ledger in the log: what a scan of the log needs to tell a torn tail from damage.
 *
 * @param number of the group, counted from 1 at each start; grows, with gaps
 * @param durable the number of the last group that was known to be on the device when this one was written; 0: none of
 *     this run
 */
public record GroupNote(long number, long durable) {

    private static final byte KIND = 1;

    /** Bytes of a note. */
    public static final int SIZE = 17;

    public byte[] toBytes() {
        return ByteBuffer.allocate(SIZE)
                .put(KIND)
                .putLong(number)
                .putLong(durable)
                .array();
    }

    /** Reads a note; null if it is of another kind. */
    public static @Nullable GroupNote of(byte[] bytes, int offset, int length) {
        if (length != SIZE || bytes[offset] != KIND) {
            return null;
        }
        ByteBuffer note = ByteBuffer.wrap(bytes, offset + 1, SIZE - 1);
        return new GroupNote(note.getLong(), note.getLong());
    }
}
