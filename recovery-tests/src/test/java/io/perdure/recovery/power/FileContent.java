package io.perdure.recovery.power;

import java.util.ArrayList;
import java.util.List;

/** How much of a file is on the device for sure. */
final class FileContent {

    /** @param index of the note */
    private record Dirty(int index, long from) {}

    private final List<Dirty> dirty = new ArrayList<>();
    private long sizeBytes;

    FileContent(long durableBytes) {
        sizeBytes = durableBytes;
    }

    void written(int index, long offset, long length) {
        dirty.add(new Dirty(index, Math.min(offset, sizeBytes)));
        sizeBytes = Math.max(sizeBytes, offset + length);
    }

    /** What was cut off is gone at once: it can't be had back here. */
    void truncated(int index, long newSizeBytes) {
        if (newSizeBytes > sizeBytes) {
            written(index, sizeBytes, newSizeBytes - sizeBytes);
        } else {
            dirty.removeIf(write -> write.from >= newSizeBytes);
            sizeBytes = newSizeBytes;
        }
    }

    /** A sync that began when there were so many notes has succeeded. */
    void synced(long began) {
        dirty.removeIf(write -> write.index < began);
    }

    /** All below is on the device; what is above may be, in parts. */
    long durableBytes() {
        return dirty.stream().mapToLong(Dirty::from).min().orElse(sizeBytes);
    }
}
