package io.perdure.storage.engine;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files and directories that are on the device when the call returns, with their names: a sync of a file does not cover
 * the name that it was given, that takes one of its directory. Any thread.
 */
public final class DurableFiles {

    /** RocksDB calls files so that nobody misses. */
    private static final String UNFINISHED = ".dbtmp";

    private static final boolean DIRECTORIES_CAN_BE_SYNCED = File.separatorChar == '/';

    private DurableFiles() {}

    /** Writes a file, which has all of the text or is as it was, whatever happens. */
    public static void write(Path file, String text) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            syncDirectory(directory);
        }
    }

    /** Makes the names of a directory and of all above it durable, as far as this user may read these. */
    static void syncNames(Path directory) throws IOException {
        for (Path parent = directory.getParent(); parent != null; parent = parent.getParent()) {
            try {
                syncDirectory(parent);
            } catch (AccessDeniedException e) {
                return; // who may not even list it has not made anything in it
            }
        }
    }

    /** Names that were given, changed or removed in a directory before the call are so for good after it. */
    public static void syncDirectory(Path directory) throws IOException {
        if (DIRECTORIES_CAN_BE_SYNCED) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
