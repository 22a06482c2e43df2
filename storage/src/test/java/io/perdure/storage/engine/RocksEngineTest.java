package io.perdure.storage.engine;

import java.nio.file.Path;

class RocksEngineTest extends EngineContract {

    @Override
    Engine open(Path directory) {
        return RocksEngine.open(directory, FAMILIES);
    }

    @Override
    Engine openCheckpoint(Path directory) {
        return RocksEngine.open(directory, FAMILIES);
    }
}
