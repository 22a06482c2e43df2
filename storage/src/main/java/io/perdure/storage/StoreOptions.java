package io.perdure.storage;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * How a store is opened. Begin with {@link #in} and change what is to be another.
 *
 * @param directory where it is; made if it is not there
 * @param recovery what to do if it is damaged
 * @param willGraceMs how long after a start a client may be back before its Will, due since the broker stopped, is
 *     published
 * @param shareStrategy which member of a Shared Subscription gets a message; may be another after each start
 * @param spaceLimits how much free space each {@link SpaceStage} begins with
 * @param spaceSource where it is seen how much there is
 * @param clock where time comes from
 * @param onFailure called once, from the ledger's thread, when the log can't be written: the caller stops the process,
 *     since nothing can be acknowledged any more
 */
public record StoreOptions(
        Path directory,
        Durability durability,
        RecoveryPolicy recovery,
        long willGraceMs,
        ShareStrategy shareStrategy,
        SpaceLimits spaceLimits,
        SpaceSource spaceSource,
        Clock clock,
        Consumer<Throwable> onFailure) {

    private static final long DEFAULT_WILL_GRACE_MS = 10_000;

    /** What a broker that was told nothing has. */
    public static StoreOptions in(Path directory, Consumer<Throwable> onFailure) {
        return new StoreOptions(
                directory,
                Durability.FSYNC,
                RecoveryPolicy.STRICT,
                DEFAULT_WILL_GRACE_MS,
                ShareStrategy.ROUND_ROBIN,
                SpaceLimits.automatic(),
                SpaceSource.of(directory),
                Clock.SYSTEM,
                onFailure);
    }

    public StoreOptions withDurability(Durability changed) {
        return new StoreOptions(
                directory, changed, recovery, willGraceMs, shareStrategy, spaceLimits, spaceSource, clock, onFailure);
    }

    public StoreOptions withRecovery(RecoveryPolicy changed) {
        return new StoreOptions(
                directory, durability, changed, willGraceMs, shareStrategy, spaceLimits, spaceSource, clock, onFailure);
    }

    public StoreOptions withWillGraceMs(long changed) {
        return new StoreOptions(
                directory, durability, recovery, changed, shareStrategy, spaceLimits, spaceSource, clock, onFailure);
    }

    public StoreOptions withShareStrategy(ShareStrategy changed) {
        return new StoreOptions(
                directory, durability, recovery, willGraceMs, changed, spaceLimits, spaceSource, clock, onFailure);
    }

    public StoreOptions withSpaceLimits(SpaceLimits changed) {
        return new StoreOptions(
                directory, durability, recovery, willGraceMs, shareStrategy, changed, spaceSource, clock, onFailure);
    }

    public StoreOptions withSpaceSource(SpaceSource changed) {
        return new StoreOptions(
                directory, durability, recovery, willGraceMs, shareStrategy, spaceLimits, changed, clock, onFailure);
    }

    public StoreOptions withClock(Clock changed) {
        return new StoreOptions(
                directory,
                durability,
                recovery,
                willGraceMs,
                shareStrategy,
                spaceLimits,
                spaceSource,
                changed,
                onFailure);
    }

    public StoreOptions withOnFailure(Consumer<Throwable> changed) {
        return new StoreOptions(
                directory, durability, recovery, willGraceMs, shareStrategy, spaceLimits, spaceSource, clock, changed);
    }

    /** Two clocks; replaced in tests. */
    public interface Clock {

        /** Of the operating system. */
        Clock SYSTEM = new Clock() {
            @Override
            public long wallMs() {
                return System.currentTimeMillis();
            }

            @Override
            public long monotonicNs() {
                return System.nanoTime();
            }
        };

        /** Milliseconds since 1970; trusted across a restart only. */
        long wallMs();

        /** Nanoseconds that only grow; trusted within a run. */
        long monotonicNs();
    }
}
