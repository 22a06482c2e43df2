package io.perdure.storage.engine;

import io.perdure.storage.engine.Engine.Family;
import io.perdure.storage.engine.Engine.Use;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Measures ways to write queue rows; not run unless named: {@code mvn -pl storage test -Dtest=WriteMeasurement
 * -Dseconds=4}. What it found is in docs/adr/0001 and 0002.
 *
 * <p>18-byte keys (slot, session, sequence) of {@code -Dsessions} in turn, 200-byte values. CPU is that of the writing
 * thread, which other load on the machine disturbs less than the rate.
 */
class WriteMeasurement {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int KEY_BYTES = 18;
    private static final int SESSION_PREFIX_BYTES = 10;
    private static final int VALUE_BYTES = 200;

    private final double seconds = Double.parseDouble(System.getProperty("seconds", "1"));
    private final int sessions = Integer.getInteger("sessions", 1000);
    private final byte[] key = new byte[KEY_BYTES];
    private final byte[] value = new byte[VALUE_BYTES];
    private final long[] sequences = new long[sessions];
    private int session;

    @TempDir
    Path temp;

    /** A way to build a group of puts and to write it. */
    private interface Way {

        void put();

        void write();
    }

    private record Database(RocksSettings settings, RocksDB db, ColumnFamilyHandle family) implements AutoCloseable {

        static Database open(Path directory, Family family) throws RocksDBException {
            NativeLibrary.load();
            RocksSettings settings = RocksSettings.forWriting(List.of(family), Room.PLENTY);
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            RocksDB db = RocksDB.open(settings.database(), directory.toString(), settings.descriptors(), handles);
            return new Database(settings, db, handles.get(1));
        }

        @Override
        public void close() {
            db.close();
            settings.close();
        }
    }

    @Test
    void measuresBatchRepresentations() throws RocksDBException {
        new Random(1).nextBytes(value);
        Family family = new Family("queue", Use.BUSY, SESSION_PREFIX_BYTES);
        for (int round = 0; round < 3; round++) {
            for (boolean sync : new boolean[] {false, true}) {
                for (String kind : List.of("put(byte[])", "put(ByteBuffer)", "one array")) {
                    Path directory = temp.resolve(kind + sync + round);
                    try (Database database = Database.open(directory, family);
                            WriteOptions options = new WriteOptions().setSync(sync)) {
                        measure(kind + (sync ? " fsync" : " os"), 512, way(kind, database, options));
                    }
                }
            }
        }
    }

    @Test
    void measuresTheHintOnAppends() {
        for (int round = 0; round < 2; round++) {
            for (int prefix : new int[] {0, SESSION_PREFIX_BYTES}) {
                measureEngine("prefix " + prefix + " os", prefix, 512, false, temp.resolve(prefix + "hint" + round));
            }
        }
    }

    @Test
    void measuresGroups() {
        for (boolean sync : new boolean[] {false, true}) {
            for (int group : new int[] {1, 8, 64, 512}) {
                String name = "group " + group + (sync ? " fsync" : " os");
                measureEngine(name, SESSION_PREFIX_BYTES, group, sync, temp.resolve(name));
            }
        }
    }

    private void measureEngine(String name, int prefix, int group, boolean sync, Path directory) {
        try (Engine engine = RocksEngine.open(directory, List.of(new Family("queue", Use.BUSY, prefix)));
                Engine.Batch batch = engine.newBatch()) {
            measure(name, group, new Way() {
                @Override
                public void put() {
                    batch.put(0, key, key.length, value, value.length);
                }

                @Override
                public void write() {
                    engine.write(batch, sync);
                    batch.clear();
                }
            });
        }
    }

    private void measure(String name, int group, Way way) {
        long[] latenciesNs = new long[1 << 20];
        int groups = 0;
        long buildNs = 0;
        long writeNs = 0;
        long startNs = System.nanoTime();
        long endNs = startNs + (long) (seconds * 1e9);
        while (System.nanoTime() < endNs && groups < latenciesNs.length) {
            long beganNs = System.nanoTime();
            long cpu0 = THREADS.getCurrentThreadCpuTime();
            for (int i = 0; i < group; i++) {
                nextKey();
                way.put();
            }
            long cpu1 = THREADS.getCurrentThreadCpuTime();
            way.write();
            writeNs += THREADS.getCurrentThreadCpuTime() - cpu1;
            buildNs += cpu1 - cpu0;
            latenciesNs[groups++] = System.nanoTime() - beganNs;
        }
        double tookS = (System.nanoTime() - startNs) / 1e9;
        double puts = (double) groups * group;
        Arrays.sort(latenciesNs, 0, groups);
        System.out.printf(
                "%-24s %7.0f k puts/s; CPU ns a put: build %4.0f, write %5.0f; us a group: p50 %5d, p99 %6d%n",
                name,
                puts / tookS / 1000,
                buildNs / puts,
                writeNs / puts,
                latenciesNs[groups / 2] / 1000,
                latenciesNs[(int) (groups * 0.99)] / 1000);
    }

    private void nextKey() {
        ByteBuffer.wrap(key).putShort((short) (session * 7919)).putLong(session).putLong(sequences[session]++);
        session = (session + 1) % sessions;
    }

    private Way way(String kind, Database database, WriteOptions options) {
        return switch (kind) {
            case "put(byte[])" -> new Native(database, options);
            case "put(ByteBuffer)" -> new Direct(database, options);
            default -> new OneArray(database, options);
        };
    }

    /** A native call a put; copies to the exact length, as the engine's interface asks. */
    private class Native implements Way {
        final Database database;
        final WriteOptions options;
        final WriteBatch batch = new WriteBatch(1 << 20);

        Native(Database database, WriteOptions options) {
            this.database = database;
            this.options = options;
        }

        @Override
        public void put() {
            try {
                batch.put(database.family, Arrays.copyOf(key, KEY_BYTES), Arrays.copyOf(value, VALUE_BYTES));
            } catch (RocksDBException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void write() {
            try {
                database.db.write(options, batch);
            } catch (RocksDBException e) {
                throw new AssertionError(e);
            }
            batch.clear();
        }
    }

    /** A native call a put, through direct buffers. */
    private final class Direct extends Native {
        private final ByteBuffer directKey = ByteBuffer.allocateDirect(KEY_BYTES);
        private final ByteBuffer directValue = ByteBuffer.allocateDirect(VALUE_BYTES);

        Direct(Database database, WriteOptions options) {
            super(database, options);
        }

        @Override
        public void put() {
            directKey.clear().put(key).flip();
            directValue.clear().put(value).flip();
            try {
                batch.put(database.family, directKey, directValue);
            } catch (RocksDBException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** What the engine does: a native call a group. */
    private final class OneArray implements Way {
        private final Database database;
        private final WriteOptions options;
        private final RocksBatch batch;

        OneArray(Database database, WriteOptions options) {
            this.database = database;
            this.options = options;
            batch = new RocksBatch(new int[] {database.family.getID()});
        }

        @Override
        public void put() {
            batch.put(0, key, KEY_BYTES, value, VALUE_BYTES);
        }

        @Override
        public void write() {
            try (WriteBatch changes = batch.toNative()) {
                database.db.write(options, changes);
            } catch (RocksDBException e) {
                throw new AssertionError(e);
            }
            batch.clear();
        }
    }
}
