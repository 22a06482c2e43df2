package io.perdure.storage;

import java.io.File;
import java.nio.file.Path;

/** Where the ledger learns how much space there is; replaced in tests. Called by the ledger's thread, now and then. */
public interface SpaceSource {

    /** The file system of a directory, as its owner sees it: without what is reserved for others. */
    static SpaceSource of(Path directory) {
        File file = directory.toFile();
        return new SpaceSource() {
            @Override
            public long totalBytes() {
                return file.getTotalSpace();
            }

            @Override
            public long freeBytes() {
                return file.getUsableSpace();
            }
        };
    }

    /** The size of the file system; 0: unknown or unlimited, then nothing is ever refused. */
    long totalBytes();

    /** What may still be written. */
    long freeBytes();
}
