package io.perdure.storage.ledger;

import io.perdure.storage.ShareStrategy;
import org.jspecify.annotations.Nullable;

/**
 * The connected members of a share group, or some of them, and whose turn it is: one {@link ShareStrategy}. Owned by the
 * ledger's thread.
 *
 * <p>A choice follows from the calls so far: the same commands give the same store.
 */
interface Turns {

    static Turns of(ShareStrategy strategy) {
        return switch (strategy) {
            case ROUND_ROBIN -> new RoundRobin();
            case LEAST_IN_FLIGHT -> new LeastInFlight();
            case STICKY -> new Sticky();
        };
    }

    /** A member is there, that was not. */
    void add(Member member);

    /** A member is there no more. */
    void remove(Member member);

    /** A member that is there has fewer unfinished messages than before. */
    void freed(Member member);

    /**
     * Takes a turn: a member with room, or null if none has.
     *
     * @param publisher see {@link Sticky#hash}
     */
    @Nullable
    Member next(long publisher);
}
