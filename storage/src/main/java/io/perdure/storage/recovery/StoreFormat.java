package io.perdure.storage.recovery;

import com.google.protobuf.ByteString;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.FormatValue;
import java.nio.ByteBuffer;
import java.util.UUID;

/** The row that says what a store is. */
final class StoreFormat {

    private static final byte[] KEY = Keys.meta("format");

    private StoreFormat() {}

    /** Checks the format of a store, or writes it to one that is empty. */
    static void checkOrCreate(Engine engine, StoreOptions options) {
        byte[] value = engine.get(Family.META.index(), KEY);
        if (value == null) {
            create(engine, options);
            return;
        }
        int version = Values.parse(FormatValue.parser(), value, Family.META).getVersion();
        if (version != Values.FORMAT_VERSION) {
            throw new StoreException("the store in " + options.directory() + " has format " + version
                    + ", this version of perdure reads format " + Values.FORMAT_VERSION
                    + "; start it with the version that wrote it, or choose another --data. Nothing was changed.");
        }
    }

    private static void create(Engine engine, StoreOptions options) {
        UUID id = UUID.randomUUID();
        byte[] idBytes = ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
        FormatValue format = FormatValue.newBuilder()
                .setVersion(Values.FORMAT_VERSION)
                .setStoreId(ByteString.copyFrom(idBytes))
                .setCreatedMs(options.clock().wallMs())
                .build();
        try (Engine.Batch batch = engine.newBatch()) {
            batch.put(Family.META.index(), KEY, format.toByteArray());
            engine.write(batch, true);
        }
    }
}
