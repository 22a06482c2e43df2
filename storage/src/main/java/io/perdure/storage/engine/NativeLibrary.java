package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native library, once for the process.
 *
 * <p>RocksDB's own way leaves a copy of 17 MB in the temporary directory whenever the process is killed. Here the copy
 * goes as soon as it is mapped, where the operating system allows it.
 */
final class NativeLibrary {

    private static final @Nullable String FAILURE = tryToLoad();

    private NativeLibrary() {}

    static void load() {
        if (FAILURE != null) {
            throw new StoreException("RocksDB's native library can't be loaded (" + FAILURE
                    + "); give the JVM a temporary directory that may hold executables: -Djava.io.tmpdir=DIR");
        }
    }

    private static @Nullable String tryToLoad() {
        try {
            Path directory = Files.createTempDirectory("perdure-native");
            try {
                NativeLibraryLoader.getInstance().loadLibrary(directory.toString());
                RocksDB.loadLibrary();
            } finally {
                remove(directory);
            }
            return null;
        } catch (IOException | RuntimeException | LinkageError e) {
            return e.getClass().getSimpleName() + ": " + Failures.oneLine(e);
        }
    }

    private static void remove(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.toList();
        }
        try {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            // where a library in use can't be deleted, the JVM does it when it ends
            directory.toFile().deleteOnExit();
            files.forEach(file -> file.toFile().deleteOnExit());
        }
    }
}
