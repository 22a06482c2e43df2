package io.perdure.storage.inspect;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * One file in the record format of RocksDB, as its logs and its MANIFEST are, read without RocksDB.
 *
 * <pre>
 * blocks of 32,768 bytes, in each
 * piece: checksum 4 | length 2, little-endian | type 1 | (log number 4, in the recyclable types) | payload
 * types: 1 whole record | 2 first, 3 middle, 4 last piece of one | 5 to 8 the same, recyclable
 * </pre>
 *
 * <p>The checksum is the masked CRC-32C of all that follows the length. Less than a header at the end of a block is
 * padding. Reads forward once, in constant memory, whatever the sizes of file and records. For one thread.
 */
final class RecordFile implements AutoCloseable {

    /** Gets the payload of a record piece by piece. */
    interface Sink {

        /** A record begins, or begins again: what came before was no record. */
        void begin();

        /** The array is valid during the call only. */
        void piece(byte[] bytes, int offset, int length);
    }

    private static final int BLOCK = 32_768;
    private static final int CHUNK = 32 * BLOCK;
    private static final int HEADER = 7;
    private static final int RECYCLABLE_HEADER = 11;
    private static final int NO_RECORD = 0;
    private static final int FULL = 1;
    private static final int FIRST = 2;
    private static final int LAST = 4;
    private static final int FIRST_RECYCLABLE = 5;
    private static final int LAST_RECYCLABLE = 8;
    /** Up to here, and from {@link #FIRST_OPTIONAL} on, RocksDB makes notes for itself between the records. */
    private static final int LAST_OWN = 11;

    private static final int FIRST_OPTIONAL = 32;
    private static final int MASK_DELTA = 0xa282ead8;

    private final long logNumber;
    private final FileChannel channel;
    private final long size;
    private final byte[] chunk;
    private final CRC32C crc = new CRC32C();
    private long chunkAt = -CHUNK;
    private long at;
    private long recordAt;
    private @Nullable String fault;

    // the piece that was looked at last
    private int type;
    private int headerBytes;
    private int payloadBytes;

    /** @param logNumber of the file's name: recyclable pieces with another one are left over from an earlier file */
    RecordFile(Path file, long logNumber) throws IOException {
        this.logNumber = logNumber;
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.size = channel.size();
        this.chunk = new byte[(int) Math.min(CHUNK, (size / BLOCK + 1) * BLOCK)];
    }

    /** Goes to the next record; false at the end, or where the file can't be read on: see {@link #fault}. */
    boolean next(Sink sink) throws IOException {
        return fault == null && read(sink, false);
    }

    /**
     * After a fault: looks for the next record that is whole and has the right checksums, at any offset. May be repeated.
     */
    boolean resync(Sink sink) throws IOException {
        return read(sink, true);
    }

    /** What is wrong at {@link #recordOffset}; null if nothing is so far. */
    @Nullable
    String fault() {
        return fault;
    }

    /** Where the last record begins; after a fault, where the first one that is lost does. */
    long recordOffset() {
        return recordAt;
    }

    /** Where reading goes on. */
    long offset() {
        return at;
    }

    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private boolean read(Sink sink, boolean searching) throws IOException {
        boolean inside = false;
        while (true) {
            int left = BLOCK - (int) (at % BLOCK);
            if (left < HEADER) {
                at = Math.min(size, at + left);
            }
            if (at >= size) {
                return inside && stop("the file ends within a record", searching);
            }
            if (!inside && !searching) {
                recordAt = at;
            }
            String wrong = look();
            if (wrong != null) {
                if (!searching) {
                    return stop(wrong, false);
                }
                inside = false;
                at++;
                continue;
            }
            boolean begins = type == FULL || type == FIRST;
            if (type != NO_RECORD && inside == begins) {
                if (!searching) {
                    return stop("pieces of records are missing", false);
                }
                inside = false;
            }
            long pieceAt = at;
            at += headerBytes + payloadBytes;
            if (begins) {
                recordAt = searching ? pieceAt : recordAt;
                sink.begin();
                inside = true;
            }
            if (type != NO_RECORD && inside) {
                sink.piece(chunk, (int) (pieceAt - chunkAt) + headerBytes, payloadBytes);
                if (type == FULL || type == LAST) {
                    return true;
                }
            }
        }
    }

    private boolean stop(String why, boolean searching) {
        if (!searching) {
            fault = why;
        }
        return false;
    }

    /** Checks the piece that begins here. Says what is wrong with it; null: nothing. */
    private @Nullable String look() throws IOException {
        load();
        int in = (int) (at - chunkAt);
        long rest = Math.min(size - at, BLOCK - at % BLOCK);
        if (rest < HEADER) {
            return "the file ends within a record";
        }
        int kind = chunk[in + 6] & 0xff;
        headerBytes = kind >= FIRST_RECYCLABLE && kind <= LAST_RECYCLABLE ? RECYCLABLE_HEADER : HEADER;
        payloadBytes = (chunk[in + 4] & 0xff) | (chunk[in + 5] & 0xff) << 8;
        if (kind == 0) {
            return "there are zeros, or no type, where a record should begin";
        }
        if (headerBytes + payloadBytes > rest) {
            return size - at < BLOCK - at % BLOCK ? "the file ends within a record" : "a length is wrong";
        }
        crc.reset();
        crc.update(chunk, in + 6, headerBytes - 6 + payloadBytes);
        int sum = (int) crc.getValue();
        if ((sum >>> 15 | sum << 17) + MASK_DELTA != little(in)) {
            return "a checksum is wrong";
        }
        if (headerBytes == RECYCLABLE_HEADER && little(in + HEADER) != (int) logNumber) {
            return "what follows is left over from an earlier log file";
        }
        if (kind <= LAST_RECYCLABLE) {
            type = kind < FIRST_RECYCLABLE ? kind : kind - LAST;
        } else if (kind <= LAST_OWN || kind >= FIRST_OPTIONAL) {
            type = NO_RECORD;
        } else {
            return "the type of a record is unknown";
        }
        return null;
    }

    private void load() throws IOException {
        if (at >= chunkAt && at < chunkAt + CHUNK) {
            return;
        }
        chunkAt = at - at % CHUNK;
        ByteBuffer target = ByteBuffer.wrap(chunk);
        channel.position(chunkAt);
        while (target.hasRemaining() && channel.read(target) >= 0) {
            // reads on
        }
    }

    private int little(int i) {
        return (chunk[i] & 0xff)
                | (chunk[i + 1] & 0xff) << 8
                | (chunk[i + 2] & 0xff) << 16
                | (chunk[i + 3] & 0xff) << 24;
    }
}
