package io.perdure.storage.engine;

import java.nio.file.Path;
import java.util.List;

/** Opens a store as on a disk that is full. */
public final class FullDisk {

    private FullDisk() {}

    /** What is in the log stays there. */
    public static Engine open(Path directory, List<Engine.Family> families) {
        return RocksEngine.open(directory, families, () -> {}, path -> new Room(1L << 30, 1));
    }
}
