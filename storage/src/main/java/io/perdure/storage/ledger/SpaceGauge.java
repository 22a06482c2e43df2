package io.perdure.storage.ledger;

import io.perdure.storage.SpaceLimits;
import io.perdure.storage.SpaceReport;
import io.perdure.storage.SpaceSource;
import io.perdure.storage.SpaceStage;
import io.perdure.storage.engine.Ballast;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much space is left, and so what the ledger still takes. Owned by its thread, but for {@link #report}.
 *
 * <p>It looks once a second, ten times a second while something is written, and at once when what was written since may
 * have used up a quarter of the way to the next stage.
 */
final class SpaceGauge {

    private static final Logger LOG = LoggerFactory.getLogger(SpaceGauge.class);

    private static final long IDLE_INTERVAL_MS = 1000;
    private static final long BUSY_INTERVAL_MS = 100;
    private static final long LEAST_STRIDE_BYTES = 1 << 20;
    /** A broker that only lives for a moment writes no ballast. */
    private static final long BALLAST_DELAY_MS = 5000;

    private final SpaceSource source;
    private final SpaceLimits limits;
    private final Ballast ballast;
    private final Executor background;
    private final long totalBytes;
    private long openedMs;
    private long lookedMs;
    private long freeBytes;
    private long spentBytes;
    private long strideBytes;
    private SpaceStage stage = SpaceStage.OK;
    private long sinceMs;
    private volatile SpaceReport report;

    /**
     * @param directory of the store
     * @param background writes the ballast
     */
    SpaceGauge(Path directory, SpaceSource source, SpaceLimits limits, Executor background) {
        this.source = source;
        this.background = background;
        this.totalBytes = source.totalBytes();
        this.limits = limits.resolved(totalBytes);
        this.ballast = new Ballast(directory, totalBytes > 0 ? this.limits.ballastBytes() : 0);
        this.report = new SpaceReport(stage, 0, totalBytes, 0);
    }

    /** The first look; to be called before anything is decided. */
    void begin(long nowMs) {
        openedMs = nowMs;
        sinceMs = nowMs;
        look(nowMs);
    }

    /** As of the last look; any thread. */
    SpaceReport report() {
        return report;
    }

    SpaceStage stage() {
        return stage;
    }

    /** Whether a session that is not there yet may not be made. */
    boolean refusesSession(boolean endsWithConnection) {
        return stage.atLeast(endsWithConnection ? SpaceStage.DRAIN_ONLY : SpaceStage.REFUSE_NEW);
    }

    boolean refusesRetained() {
        return stage.atLeast(SpaceStage.REFUSE_NEW);
    }

    boolean refusesSubscriptions() {
        return stage == SpaceStage.DRAIN_ONLY;
    }

    /** Whether Wills that take space wait. */
    boolean holdsWills() {
        return stage == SpaceStage.DRAIN_ONLY;
    }

    /** Whether replays of retained messages wait. */
    boolean holdsReplays() {
        return stage.atLeast(SpaceStage.REFUSE_PUBLISH);
    }

    /**
     * Whether a PUBLISH of QoS 1 or 2 is refused.
     *
     * @param pendingBytes what the group that is being built would take with it
     */
    boolean refusesPublish(long pendingBytes) {
        return stage.atLeast(SpaceStage.REFUSE_PUBLISH)
                || (totalBytes > 0 && freeBytes - spentBytes - pendingBytes < limits.drainOnlyBytes());
    }

    /** So much was written to the log. */
    void wrote(long bytes) {
        spentBytes += bytes;
    }

    /** Looks if it is time to. */
    void lookIfDue(long nowMs) {
        long passedMs = nowMs - lookedMs;
        if (passedMs >= IDLE_INTERVAL_MS
                || (spentBytes > 0 && passedMs >= BUSY_INTERVAL_MS)
                || spentBytes >= strideBytes) {
            look(nowMs);
        }
    }

    private void look(long nowMs) {
        lookedMs = nowMs;
        spentBytes = 0;
        if (totalBytes <= 0) {
            strideBytes = Long.MAX_VALUE;
            return;
        }
        long free = source.freeBytes();
        freeBytes = free - ballast.missingBytes();
        SpaceStage next = limits.next(stage, freeBytes);
        if (next != stage) {
            change(next, nowMs);
        }
        report = new SpaceReport(stage, Math.max(0, freeBytes), totalBytes, sinceMs);
        strideBytes = Math.max(LEAST_STRIDE_BYTES, (freeBytes - limits.followingBelowBytes(stage)) / 4);
        tendBallast(free, nowMs);
    }

    private void tendBallast(long free, long nowMs) {
        if (ballast.isThere()) {
            if (free < Math.max(ballast.sizeBytes() / 2, limits.drainOnlyBytes() / 4)) {
                ballast.release();
                LOG.warn(
                        "next to no disk space is left: the ballast file of {} was removed", text(ballast.sizeBytes()));
            }
        } else if (!stage.atLeast(SpaceStage.REFUSE_NEW) && nowMs - openedMs >= BALLAST_DELAY_MS) {
            ballast.buildOn(background);
        }
    }

    private void change(SpaceStage next, long nowMs) {
        String was = stage.toString();
        stage = next;
        sinceMs = nowMs;
        String now = text(Math.max(0, freeBytes)) + " of " + text(totalBytes);
        switch (next) {
            case OK -> LOG.info("disk space is OK again: {} are free", now);
            case WARN ->
                LOG.warn(
                        "disk space is short ({}, was {}): {} are free, less than disk.warn-below ({})",
                        next,
                        was,
                        now,
                        text(limits.warnBytes()));
            case REFUSE_NEW ->
                LOG.warn(
                        "disk space is short ({}, was {}): new sessions and retained messages are refused; {} are free,"
                                + " less than disk.refuse-new-below ({})",
                        next,
                        was,
                        now,
                        text(limits.refuseNewBytes()));
            case REFUSE_PUBLISH ->
                LOG.error(
                        "disk space is short ({}, was {}): QoS 1 and 2 messages are refused; {} are free, less than"
                                + " disk.refuse-publish-below ({})",
                        next,
                        was,
                        now,
                        text(limits.refusePublishBytes()));
            case DRAIN_ONLY ->
                LOG.error(
                        "disk space is short ({}, was {}): only what is stored is delivered; {} are free, less than"
                                + " disk.drain-only-below ({})",
                        next,
                        was,
                        now,
                        text(limits.drainOnlyBytes()));
        }
    }

    private static String text(long bytes) {
        return bytes < 10L << 30
                ? (bytes >> 20) + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1 << 30));
    }
}
