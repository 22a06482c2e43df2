package io.perdure.storage.inspect;

import io.perdure.storage.format.GroupNote;
import org.jspecify.annotations.Nullable;

/**
 * What a scan needs of a record of the log: the head of the batch and the note at its end. Keeps only these bytes, however
 * large the record is. For one thread.
 *
 * <pre>
 * sequence 8, little-endian, of the first change | count 4 | changes ... | tag 3 | length 1 | note
 * </pre>
 */
final class LogRecord implements RecordFile.Sink {

    private static final int HEAD = 12;
    private static final byte TAG_LOG_DATA = 3;
    private static final int TAIL = 2 + GroupNote.SIZE;

    private final byte[] head = new byte[HEAD];
    private final byte[] tail = new byte[TAIL];
    private long length;

    @Override
    public void begin() {
        length = 0;
    }

    @Override
    public void piece(byte[] bytes, int offset, int size) {
        if (length < HEAD) {
            int n = (int) Math.min(size, HEAD - length);
            System.arraycopy(bytes, offset, head, (int) length, n);
        }
        int kept = Math.min(size, TAIL);
        System.arraycopy(tail, kept, tail, 0, TAIL - kept);
        System.arraycopy(bytes, offset + size - kept, tail, TAIL - kept, kept);
        length += size;
    }

    /** Whether it is a batch of changes. */
    boolean isBatch() {
        return length >= HEAD;
    }

    /** The place of its first change among all changes of the store. */
    long sequence() {
        return little(0, Long.BYTES);
    }

    /** The number of its changes. */
    long count() {
        return little(Long.BYTES, Integer.BYTES);
    }

    /** The ledger's note; null if it is another's batch. */
    @Nullable
    GroupNote note() {
        return length >= HEAD + TAIL && tail[0] == TAG_LOG_DATA && tail[1] == GroupNote.SIZE
                ? GroupNote.of(tail, 2, GroupNote.SIZE)
                : null;
    }

    private long little(int at, int size) {
        long value = 0;
        for (int i = size - 1; i >= 0; i--) {
            value = value << Byte.SIZE | (head[at + i] & 0xff);
        }
        return value;
    }
}
