package io.perdure.tools.torture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Says which file system a directory is on, and how long a sync takes there. */
final class DiskProbe {

    private static final int ROUNDS = 400;
    private static final int WARM_UP = 20;
    private static final int BLOCK_BYTES = 4096;
    private static final long LONGEST_NS = TimeUnit.SECONDS.toNanos(2);

    private DiskProbe() {}

    /** Writes and syncs a file as a log is: appending. */
    static TortureReport.Disk measure(Path directory) throws IOException {
        FileStore store = Files.getFileStore(directory);
        Path file = directory.resolve("sync-probe");
        long[] tookNs = new long[ROUNDS];
        int rounds = 0;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            long endNs = System.nanoTime() + LONGEST_NS;
            for (int round = 0; round < ROUNDS + WARM_UP && System.nanoTime() < endNs; round++) {
                block.clear();
                long startNs = System.nanoTime();
                while (block.hasRemaining()) {
                    channel.write(block);
                }
                channel.force(false);
                if (round >= WARM_UP) {
                    tookNs[rounds++] = System.nanoTime() - startNs;
                }
            }
        } finally {
            Files.deleteIfExists(file);
        }
        if (rounds == 0) {
            throw new IOException("a sync takes longer than 100 ms in " + directory);
        }
        Arrays.sort(tookNs, 0, rounds);
        return new TortureReport.Disk(
                store.toString(),
                store.type(),
                TimeUnit.NANOSECONDS.toMicros(tookNs[rounds / 2]),
                TimeUnit.NANOSECONDS.toMicros(tookNs[rounds * 99 / 100]));
    }
}
