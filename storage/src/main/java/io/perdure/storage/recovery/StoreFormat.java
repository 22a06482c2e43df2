package io.perdure.storage.recovery;

import com.google.protobuf.ByteString;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.DurableFiles;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.FormatValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** The row that says what a store is. */
final class StoreFormat {

    private static final byte[] KEY = Keys.meta("format");

    /** A file that says the format too, so that a store of another one is refused before RocksDB touches it. */
    private static final String FILE = "FORMAT";

    private StoreFormat() {}

    /** Checks the file, if there is one; nothing is changed. */
    static void checkFile(Path directory) {
        Path file = directory.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return;
        }
        try {
            String version = Files.readString(file).strip();
            if (!version.equals(String.valueOf(Values.FORMAT_VERSION))) {
                throw otherFormat(directory, version);
            }
        } catch (IOException e) {
            throw new StoreException(file + " can't be read (" + e.getMessage() + "); check its permissions", e);
        }
    }

    /** Writes the file if it is missing: a store without it is checked by its row alone. */
    static void writeFile(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                DurableFiles.write(file, Values.FORMAT_VERSION + "\n");
            }
        } catch (IOException e) {
            throw new StoreException(file + " can't be written (" + e.getMessage() + "); check its permissions", e);
        }
    }

    private static StoreException otherFormat(Path directory, String version) {
        return new StoreException("the store in " + directory + " has format " + version
                + ", this version of perdure reads format " + Values.FORMAT_VERSION
                + "; start it with the version that wrote it, or choose another --data");
    }

    /** Checks the format of a store, or writes it to one that is empty. */
    static void checkOrCreate(Engine engine, StoreOptions options) {
        byte[] value = engine.get(Family.META.index(), KEY);
        if (value == null) {
            create(engine, options);
            return;
        }
        int version = Values.parse(FormatValue.parser(), value, Family.META).getVersion();
        if (version != Values.FORMAT_VERSION) {
            throw otherFormat(options.directory(), String.valueOf(version));
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
