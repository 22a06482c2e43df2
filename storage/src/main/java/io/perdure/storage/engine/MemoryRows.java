package io.perdure.storage.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A scan of rows that nobody changes while it is open. For one thread. */
final class MemoryRows implements Engine.Rows {

    private final MemoryEngine engine;
    private final NavigableMap<byte[], byte[]> rows;
    private final byte[] lower;
    private final byte @Nullable [] upper;
    private final Runnable onClose;
    private boolean started;
    private boolean closed;
    private byte @Nullable [] at;
    private byte @Nullable [] key;
    private byte @Nullable [] value;

    MemoryRows(
            MemoryEngine engine,
            NavigableMap<byte[], byte[]> rows,
            byte[] lower,
            byte @Nullable [] upper,
            Runnable onClose) {
        this.engine = engine;
        this.rows = rows;
        this.lower = lower;
        this.upper = upper;
        this.onClose = onClose;
    }

    @Override
    public boolean next() {
        checkUsable();
        if (!started) {
            started = true;
            return arrive(rows.ceilingEntry(lower));
        }
        return at != null && arrive(rows.higherEntry(at));
    }

    @Override
    public boolean seek(byte[] target) {
        checkUsable();
        started = true;
        return arrive(rows.ceilingEntry(Arrays.compareUnsigned(target, lower) < 0 ? lower : target));
    }

    @Override
    public byte[] key() {
        return atRow(key);
    }

    @Override
    public byte[] value() {
        return atRow(value);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            at = null;
            key = null;
            value = null;
            onClose.run();
        }
    }

    private boolean arrive(Map.@Nullable Entry<byte[], byte[]> entry) {
        if (entry == null || (upper != null && Arrays.compareUnsigned(entry.getKey(), upper) >= 0)) {
            at = null;
            key = null;
            value = null;
            return false;
        }
        at = entry.getKey();
        key = entry.getKey().clone();
        value = entry.getValue().clone();
        return true;
    }

    private byte[] atRow(byte @Nullable [] bytes) {
        checkUsable();
        if (bytes == null) {
            throw new NoSuchElementException("the scan is at no row");
        }
        return bytes;
    }

    private void checkUsable() {
        if (closed) {
            throw new IllegalStateException("the scan has been closed");
        }
        engine.checkOpen();
    }
}
