package io.perdure.storage;

/**
 * Free space, in bytes, below which each {@link SpaceStage} begins, and the size of the ballast file that is given up when
 * next to none is left. {@link #AUTO} in one of them: by the size of the file system. 0: never, or no ballast.
 *
 * <p>Free space is what this user may still write, less what the ballast lacks of its size: giving it up gains nothing.
 */
public record SpaceLimits(
        long warnBytes, long refuseNewBytes, long refusePublishBytes, long drainOnlyBytes, long ballastBytes) {

    /** Stands for a size that follows from that of the file system. */
    public static final long AUTO = -1;

    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    /** What a broker that was told nothing has. */
    public static SpaceLimits automatic() {
        return new SpaceLimits(AUTO, AUTO, AUTO, AUTO, AUTO);
    }

    /**
     * Checks that later stages begin with less space; those that are automatic fit in between.
     *
     * @throws IllegalArgumentException if not
     */
    public SpaceLimits {
        long limit = Long.MAX_VALUE;
        for (long bytes : new long[] {warnBytes, refuseNewBytes, refusePublishBytes, drainOnlyBytes}) {
            if (bytes > limit) {
                throw new IllegalArgumentException(
                        "free space may not grow from one stage of the disk to the next (warn, refuse new, refuse publish,"
                                + " drain only): " + bytes + " after " + limit);
            }
            limit = bytes == AUTO ? limit : bytes;
        }
    }

    /** With sizes in the place of {@link #AUTO}, for a file system of so many bytes. */
    public SpaceLimits resolved(long totalBytes) {
        long drainOnly =
                chosen(drainOnlyBytes, share(totalBytes, 6, GIB), refusePublishBytes, refuseNewBytes, warnBytes);
        long refusePublish = Math.max(
                drainOnly, chosen(refusePublishBytes, share(totalBytes, 8, 3 * GIB / 2), refuseNewBytes, warnBytes));
        long refuseNew = Math.max(refusePublish, chosen(refuseNewBytes, share(totalBytes, 10, 2 * GIB), warnBytes));
        long warn = Math.max(refuseNew, chosen(warnBytes, share(totalBytes, 15, 4 * GIB)));
        long ballast = ballastBytes == AUTO ? share(totalBytes, 1, 64 * MIB) : ballastBytes;
        return new SpaceLimits(warn, refuseNew, refusePublish, drainOnly, ballast);
    }

    private static long share(long totalBytes, int percent, long mostBytes) {
        return Math.min(totalBytes / 100 * percent, mostBytes);
    }

    /** @param bounds not to be exceeded, but by what was given */
    private static long chosen(long given, long automatic, long... bounds) {
        if (given != AUTO) {
            return given;
        }
        long bytes = automatic;
        for (long bound : bounds) {
            bytes = bound == AUTO ? bytes : Math.min(bytes, bound);
        }
        return bytes;
    }

    /** Below how much free space a stage begins; 0 for {@link SpaceStage#OK}. */
    public long belowBytes(SpaceStage stage) {
        return switch (stage) {
            case OK -> 0;
            case WARN -> warnBytes;
            case REFUSE_NEW -> refuseNewBytes;
            case REFUSE_PUBLISH -> refusePublishBytes;
            case DRAIN_ONLY -> drainOnlyBytes;
        };
    }

    /** Below how much free space the stage after one begins; 0 if it is the last. */
    public long followingBelowBytes(SpaceStage stage) {
        for (SpaceStage later : SpaceStage.values()) {
            if (later != stage && later.atLeast(stage)) {
                return belowBytes(later);
            }
        }
        return 0;
    }

    /**
     * The stage with so much free space. A stage is left only when there is a quarter more than it begins with: what the
     * log takes and gives back between two flushes does not make it change.
     *
     * @param before the stage so far
     */
    public SpaceStage next(SpaceStage before, long freeBytes) {
        SpaceStage next = SpaceStage.OK;
        for (SpaceStage stage : SpaceStage.values()) {
            long below = belowBytes(stage);
            if (freeBytes < (before.atLeast(stage) ? below + below / 4 : below)) {
                next = stage;
            }
        }
        return next;
    }
}
