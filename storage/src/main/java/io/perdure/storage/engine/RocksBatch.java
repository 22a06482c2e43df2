package io.perdure.storage.engine;

import java.util.Arrays;
import java.util.Objects;
import org.rocksdb.WriteBatch;

/**
 * A batch in the bytes that RocksDB keeps it in, built on the heap and handed over with one native call.
 *
 * <pre>
 * sequence 8, set by RocksDB | count 4, little-endian | records
 * record: tag 1 | column family, varint | key, length-prefixed | value, length-prefixed
 * tags: 5 put | 4 delete, no value | 14 delete a range, value = its end | 3 log data: tag and one string, not counted
 * </pre>
 *
 * <p>RocksDB logs these bytes before it reads them, so a wrong one would stop the store: all arguments are checked here.
 * For one thread. Keeps its buffer for the next round, up to a bound.
 */
final class RocksBatch implements Engine.Batch {

    private static final int HEADER_BYTES = 12;
    private static final int COUNT_AT = 8;
    private static final byte TAG_LOG_DATA = 3;
    private static final byte TAG_DELETE = 4;
    private static final byte TAG_PUT = 5;
    private static final byte TAG_DELETE_RANGE = 14;
    private static final int FIRST_BYTES = 16 << 10;
    private static final int KEPT_BYTES = 8 << 20;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 16;
    private static final int MAX_VARINT_BYTES = 5;

    private final int[] columnFamilies;
    private byte[] bytes = new byte[FIRST_BYTES];
    private int end = HEADER_BYTES;
    private int count;

    /** @param columnFamilies RocksDB's number of each family */
    RocksBatch(int[] columnFamilies) {
        this.columnFamilies = columnFamilies;
    }

    @Override
    public void put(int family, byte[] key, int keyLength, byte[] value, int valueLength) {
        Objects.checkFromIndexSize(0, keyLength, key.length);
        Objects.checkFromIndexSize(0, valueLength, value.length);
        int columnFamily = columnFamilies[family];
        reserve((long) keyLength + valueLength);
        bytes[end++] = TAG_PUT;
        varint(columnFamily);
        string(key, keyLength);
        string(value, valueLength);
        count++;
    }

    @Override
    public void delete(int family, byte[] key, int keyLength) {
        Objects.checkFromIndexSize(0, keyLength, key.length);
        int columnFamily = columnFamilies[family];
        reserve(keyLength);
        bytes[end++] = TAG_DELETE;
        varint(columnFamily);
        string(key, keyLength);
        count++;
    }

    @Override
    public void deleteRange(int family, byte[] lower, byte[] upper) {
        int columnFamily = columnFamilies[family];
        if (Arrays.compareUnsigned(lower, upper) >= 0) {
            return; // RocksDB would fail after logging it
        }
        reserve((long) lower.length + upper.length);
        bytes[end++] = TAG_DELETE_RANGE;
        varint(columnFamily);
        string(lower, lower.length);
        string(upper, upper.length);
        count++;
    }

    @Override
    public void note(byte[] note) {
        reserve(note.length);
        bytes[end++] = TAG_LOG_DATA;
        string(note, note.length);
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long sizeBytes() {
        return end;
    }

    @Override
    public void clear() {
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        end = HEADER_BYTES;
        count = 0;
    }

    @Override
    public void close() {
        clear();
    }

    /** The batch for RocksDB; the caller closes it. */
    WriteBatch toNative() {
        for (int i = 0; i < 4; i++) {
            bytes[COUNT_AT + i] = (byte) (count >>> (8 * i));
        }
        return new WriteBatch(Arrays.copyOf(bytes, end));
    }

    private void string(byte[] source, int length) {
        varint(length);
        System.arraycopy(source, 0, bytes, end, length);
        end += length;
    }

    private void varint(int value) {
        int rest = value;
        while ((rest & ~0x7f) != 0) {
            bytes[end++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[end++] = (byte) rest;
    }

    private void reserve(long contentBytes) {
        long needed = end + contentBytes + 1 + 3 * MAX_VARINT_BYTES;
        if (needed > bytes.length) {
            if (needed > MAX_BYTES) {
                throw new IllegalArgumentException("a batch of " + needed + " bytes is too large");
            }
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_BYTES, Math.max(needed, 2L * bytes.length)));
        }
    }
}
