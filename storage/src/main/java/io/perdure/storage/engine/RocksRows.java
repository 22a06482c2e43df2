package io.perdure.storage.engine;

import java.nio.file.Path;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A scan by iterator. For one thread; holds the engine's gate, an iterator and its bounds until it is closed. */
final class RocksRows implements Engine.Rows {

    private static final long FAR_READAHEAD_BYTES = 2 << 20;

    private final Path directory;
    private final Gate gate;
    private final Slice lower;
    private final @Nullable Slice upper;
    private final ReadOptions options;
    private final RocksIterator iterator;
    private boolean started;
    private boolean valid;
    private boolean closed;
    private byte @Nullable [] key;
    private byte @Nullable [] value;

    /** The caller has entered the gate; it is left by {@link #close}. */
    RocksRows(
            RocksDB db,
            ColumnFamilyHandle family,
            Path directory,
            Gate gate,
            byte[] lower,
            byte @Nullable [] upper,
            boolean verifyChecksums) {
        this.directory = directory;
        this.gate = gate;
        this.lower = new Slice(lower);
        this.upper = upper == null ? null : new Slice(upper);
        options = new ReadOptions()
                .setFillCache(false)
                .setVerifyChecksums(verifyChecksums)
                .setIterateLowerBound(this.lower);
        if (this.upper == null) {
            options.setReadaheadSize(FAR_READAHEAD_BYTES);
        } else {
            options.setIterateUpperBound(this.upper);
        }
        iterator = db.newIterator(family, options);
    }

    @Override
    public boolean next() {
        checkUsable();
        if (!started) {
            started = true;
            iterator.seekToFirst();
        } else if (valid) {
            iterator.next();
        } else {
            return false;
        }
        return arrived();
    }

    @Override
    public boolean seek(byte[] target) {
        checkUsable();
        started = true;
        iterator.seek(target);
        return arrived();
    }

    /** Goes to the last row within the bounds. */
    boolean last() {
        checkUsable();
        started = true;
        iterator.seekToLast();
        return arrived();
    }

    @Override
    public byte[] key() {
        byte[] k = key;
        if (k == null) {
            checkAtRow();
            k = iterator.key();
            key = k;
        }
        return k;
    }

    @Override
    public byte[] value() {
        byte[] v = value;
        if (v == null) {
            checkAtRow();
            v = iterator.value();
            value = v;
        }
        return v;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        valid = false;
        try {
            iterator.close();
            options.close();
            lower.close();
            if (upper != null) {
                upper.close();
            }
        } finally {
            gate.leave();
        }
    }

    private boolean arrived() {
        key = null;
        value = null;
        valid = iterator.isValid();
        if (!valid) {
            try {
                iterator.status();
            } catch (RocksDBException e) {
                throw Failures.of("the store in " + directory + " can't be read", e);
            }
        }
        return valid;
    }

    private void checkAtRow() {
        checkUsable();
        if (!valid) {
            throw new NoSuchElementException("the scan is at no row");
        }
    }

    private void checkUsable() {
        if (closed) {
            throw new IllegalStateException("the scan has been closed");
        }
        gate.checkOpen();
    }
}
