package io.perdure.storage.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.engine.Engine.Family;
import io.perdure.storage.engine.Engine.Use;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That deleted rows give their space back when asked to. */
class RocksReclaimTest {

    private static final int ROWS = 2000;

    @TempDir
    private Path directory;

    @Test
    void deletedRowsLeaveTheFileSystem() throws IOException {
        try (RocksEngine engine = RocksEngine.open(directory, List.of(new Family("busy", Use.BUSY)));
                Engine.Batch batch = engine.newBatch()) {
            fill(engine, batch);
            long full = tableBytes();
            assertTrue(full > ROWS * 1000L, "only " + full + " bytes");
            batch.deleteRange(0, key(0), key(ROWS - 1));
            engine.write(batch, true);
            engine.flush(0);
            assertTrue(tableBytes() >= full);

            engine.reclaim(0, key(0), key(ROWS));

            assertTrue(tableBytes() < full / 10, "still " + tableBytes() + " bytes of " + full);
            try (Engine.Rows rows = engine.scan(0, key(0), null)) {
                assertTrue(rows.next());
                assertEquals(ROWS - 1, ByteBuffer.wrap(rows.key()).getInt());
            }
        }
    }

    @Test
    void doesNothingOnceItIsStopped() throws IOException {
        try (RocksEngine engine = RocksEngine.open(directory, List.of(new Family("busy", Use.BUSY)));
                Engine.Batch batch = engine.newBatch()) {
            fill(engine, batch);
            long full = tableBytes();
            batch.deleteRange(0, key(0), key(ROWS));
            engine.write(batch, true);
            engine.stopReclaiming();
            engine.reclaim(0, key(0), key(ROWS));
            assertTrue(tableBytes() >= full);
        }
    }

    private static void fill(Engine engine, Engine.Batch batch) {
        SplittableRandom noise = new SplittableRandom(1);
        byte[] value = new byte[1000];
        for (int i = 0; i < ROWS; i++) {
            noise.nextBytes(value);
            batch.put(0, key(i), value);
        }
        engine.write(batch, true);
        engine.flush(0);
        batch.clear();
    }

    private static byte[] key(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    private long tableBytes() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
