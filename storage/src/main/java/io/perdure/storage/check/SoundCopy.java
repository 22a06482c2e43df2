package io.perdure.storage.check;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.LimitsValue;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A new store that gets the rows that a {@link StoreCheck} keeps. For one thread; {@link #finish} makes it durable, and
 * without it what is there is worth nothing.
 */
public final class SoundCopy implements AutoCloseable {

    private static final long BATCH_BYTES = 4L << 20;

    /** More session ids and positions than a log can hold rows. */
    private static final long MORE_THAN_LOST = 1L << 32;

    private static final byte[] LIMITS = Keys.meta("limits");

    private final RocksEngine engine;
    private final Engine.Batch batch;
    private final boolean filesLost;

    /**
     * Makes the store.
     *
     * @param directory must not exist
     * @param filesLost whether the newest rows of the original may be lost: then no identifier that they may have given is
     *     used again
     */
    public SoundCopy(Path directory, boolean filesLost) {
        this.filesLost = filesLost;
        engine = RocksEngine.open(directory, Family.all());
        batch = engine.newBatch();
    }

    /** Takes a row. */
    public void add(Family family, byte[] key, byte[] value) {
        boolean raise = filesLost && family == Family.META && Arrays.equals(key, LIMITS);
        batch.put(family.index(), key, raise ? raised(value) : value);
        if (batch.sizeBytes() >= BATCH_BYTES) {
            engine.write(batch, false);
            batch.clear();
        }
    }

    private static byte[] raised(byte[] value) {
        LimitsValue limits = Values.parse(LimitsValue.parser(), value, Family.META);
        return limits.toBuilder()
                .setSessionId(limits.getSessionId() + MORE_THAN_LOST)
                .setPosition(limits.getPosition() + MORE_THAN_LOST)
                .build()
                .toByteArray();
    }

    /** Everything has been added: returns when it is on the device. */
    public void finish() {
        engine.write(batch, true);
        for (Family family : Family.values()) {
            engine.flush(family.index());
        }
    }

    @Override
    public void close() {
        batch.close();
        engine.close();
    }
}
