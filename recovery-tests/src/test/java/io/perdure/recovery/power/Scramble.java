package io.perdure.recovery.power;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;

/** What the loss of power does to the part of a file that was not synced. Sectors are written as a whole or not at all. */
final class Scramble {

    private static final int[] SECTOR_BYTES = {512, 4096};

    private final SplittableRandom random;
    private long lostBytes;
    private long scrambledBytes;

    Scramble(SplittableRandom random) {
        this.random = random;
    }

    /**
     * Changes a file from an offset on: cuts it there or later, or leaves all, or leaves its size and changes sectors.
     *
     * @param sectors whether sectors may be changed too
     */
    void apply(Path file, long from, boolean sectors) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            long size = channel.size();
            if (size < from) {
                throw new IllegalStateException(file + " has " + size + " bytes, and " + from + " were synced");
            }
            if (size == from) {
                return;
            }
            switch (random.nextInt(sectors ? 6 : 3)) {
                case 0 -> cut(channel, from);
                case 1 -> cut(channel, random.nextLong(from, size));
                case 2 -> {}
                case 3 -> overwrite(channel, random.nextLong(from, size), size, false);
                case 4 -> sectors(channel, from, size);
                default -> {
                    cut(channel, random.nextLong(from, size));
                    sectors(channel, from, channel.size());
                }
            }
        }
    }

    private void cut(FileChannel channel, long at) throws IOException {
        lostBytes += channel.size() - at;
        channel.truncate(at);
    }

    private void sectors(FileChannel channel, long from, long to) throws IOException {
        int sector = SECTOR_BYTES[random.nextInt(SECTOR_BYTES.length)];
        double spared = random.nextDouble();
        for (long at = from; at < to; at = (at / sector + 1) * sector) {
            if (random.nextDouble() >= spared) {
                overwrite(channel, at, Math.min(to, (at / sector + 1) * sector), random.nextBoolean());
            }
        }
    }

    private void overwrite(FileChannel channel, long from, long to, boolean garbage) throws IOException {
        byte[] bytes = new byte[(int) (to - from)];
        if (garbage) {
            random.nextBytes(bytes);
        }
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left, from + left.position());
        }
        scrambledBytes += bytes.length;
    }

    /** Bytes that were cut off so far. */
    long lostBytes() {
        return lostBytes;
    }

    /** Bytes that are zero or garbage now. */
    long scrambledBytes() {
        return scrambledBytes;
    }
}
