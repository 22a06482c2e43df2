package io.perdure.storage.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/** A batch as a list of changes; for one thread. */
final class MemoryBatch implements Engine.Batch {

    /** What is written, and kept for a crash: never changed. */
    sealed interface Change {

        int family();

        void apply(SortedMap<byte[], byte[]> rows);
    }

    private record Put(int family, byte[] key, byte[] value) implements Change {
        @Override
        public void apply(SortedMap<byte[], byte[]> rows) {
            rows.put(key, value);
        }
    }

    private record Delete(int family, byte[] key) implements Change {
        @Override
        public void apply(SortedMap<byte[], byte[]> rows) {
            rows.remove(key);
        }
    }

    private record DeleteRange(int family, byte[] lower, byte[] upper) implements Change {
        @Override
        public void apply(SortedMap<byte[], byte[]> rows) {
            rows.subMap(lower, upper).clear();
        }
    }

    private final int families;
    private final List<Change> changes = new ArrayList<>();
    private long sizeBytes;

    MemoryBatch(int families) {
        this.families = families;
    }

    @Override
    public void put(int family, byte[] key, int keyLength, byte[] value, int valueLength) {
        Objects.checkIndex(family, families);
        changes.add(new Put(family, copy(key, keyLength), copy(value, valueLength)));
    }

    @Override
    public void delete(int family, byte[] key, int keyLength) {
        Objects.checkIndex(family, families);
        changes.add(new Delete(family, copy(key, keyLength)));
    }

    @Override
    public void deleteRange(int family, byte[] lower, byte[] upper) {
        Objects.checkIndex(family, families);
        if (Arrays.compareUnsigned(lower, upper) < 0) {
            changes.add(new DeleteRange(family, copy(lower, lower.length), copy(upper, upper.length)));
        }
    }

    @Override
    public void note(byte[] bytes) {
        sizeBytes += bytes.length;
    }

    @Override
    public int count() {
        return changes.size();
    }

    @Override
    public long sizeBytes() {
        return sizeBytes;
    }

    @Override
    public void clear() {
        changes.clear();
        sizeBytes = 0;
    }

    @Override
    public void close() {
        clear();
    }

    Change[] changes() {
        return changes.toArray(Change[]::new);
    }

    private byte[] copy(byte[] source, int length) {
        Objects.checkFromIndexSize(0, length, source.length);
        sizeBytes += length;
        return Arrays.copyOf(source, length);
    }
}
