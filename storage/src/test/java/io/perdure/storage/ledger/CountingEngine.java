package io.perdure.storage.ledger;

import io.perdure.storage.engine.Engine;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts the rows that are read and changed in another engine, by family. Any thread, as the engine allows. */
final class CountingEngine implements Engine {

    private final Engine engine;
    private final Map<String, Integer> read = new TreeMap<>();
    private final Map<String, Integer> changed = new TreeMap<>();

    CountingEngine(Engine engine) {
        this.engine = engine;
    }

    /** Rows read since the last {@link #reset}. */
    synchronized Map<String, Integer> read() {
        return new TreeMap<>(read);
    }

    /** Rows put, deleted, and ranges deleted, in batches that were written since the last {@link #reset}. */
    synchronized Map<String, Integer> changed() {
        return new TreeMap<>(changed);
    }

    synchronized void reset() {
        read.clear();
        changed.clear();
    }

    private synchronized void countRead(int family) {
        read.merge(families().get(family).name(), 1, Integer::sum);
    }

    private synchronized void countChanged(int[] changes) {
        for (int family = 0; family < changes.length; family++) {
            if (changes[family] > 0) {
                changed.merge(families().get(family).name(), changes[family], Integer::sum);
            }
        }
    }

    @Override
    public List<Family> families() {
        return engine.families();
    }

    @Override
    public byte @Nullable [] get(int family, byte[] key) {
        countRead(family);
        return engine.get(family, key);
    }

    @Override
    public Rows scan(int family, byte[] lower, byte @Nullable [] upper) {
        Rows rows = engine.scan(family, lower, upper);
        return new Rows() {
            @Override
            public boolean next() {
                return counted(rows.next());
            }

            @Override
            public boolean seek(byte[] key) {
                return counted(rows.seek(key));
            }

            private boolean counted(boolean found) {
                if (found) {
                    countRead(family);
                }
                return found;
            }

            @Override
            public byte[] key() {
                return rows.key();
            }

            @Override
            public byte[] value() {
                return rows.value();
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    @Override
    public byte @Nullable [] lastKey(int family, byte[] lower, byte[] upper) {
        countRead(family);
        return engine.lastKey(family, lower, upper);
    }

    @Override
    public long estimateRows(int family) {
        return engine.estimateRows(family);
    }

    @Override
    public Batch newBatch() {
        return new CountingBatch(engine.newBatch(), families().size());
    }

    @Override
    public void write(Batch batch, boolean sync) {
        CountingBatch counting = (CountingBatch) batch;
        countChanged(counting.changes);
        engine.write(counting.batch, sync);
    }

    @Override
    public void flush(int family) {
        engine.flush(family);
    }

    @Override
    public void reclaim(int family, byte[] lower, byte[] upper) {
        engine.reclaim(family, lower, upper);
    }

    @Override
    public void stopReclaiming() {
        engine.stopReclaiming();
    }

    @Override
    public void checkpoint(Path directory) {
        engine.checkpoint(directory);
    }

    @Override
    public void close() {
        engine.close();
    }

    private static final class CountingBatch implements Batch {
        private final Batch batch;
        private final int[] changes;

        CountingBatch(Batch batch, int families) {
            this.batch = batch;
            this.changes = new int[families];
        }

        @Override
        public void put(int family, byte[] key, int keyLength, byte[] value, int valueLength) {
            changes[family]++;
            batch.put(family, key, keyLength, value, valueLength);
        }

        @Override
        public void delete(int family, byte[] key, int keyLength) {
            changes[family]++;
            batch.delete(family, key, keyLength);
        }

        @Override
        public void deleteRange(int family, byte[] lower, byte[] upper) {
            changes[family]++;
            batch.deleteRange(family, lower, upper);
        }

        @Override
        public void note(byte[] bytes) {
            batch.note(bytes);
        }

        @Override
        public int count() {
            return batch.count();
        }

        @Override
        public long sizeBytes() {
            return batch.sizeBytes();
        }

        @Override
        public void clear() {
            Arrays.fill(changes, 0);
            batch.clear();
        }

        @Override
        public void close() {
            batch.close();
        }
    }
}
