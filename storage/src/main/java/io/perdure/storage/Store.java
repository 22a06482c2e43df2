package io.perdure.storage;

/**
 * An open store with its ledger, the one thread that changes it. Opened by {@code storage.recovery}.
 *
 * <p>All methods may be called from any thread.
 */
public interface Store extends AutoCloseable {

    /** What was found at the start. */
    RecoveryReport report();

    /**
     * Gives a submission to the ledger. It comes back through {@link SessionLink#completed} when it is durable, and after
     * all earlier ones of the same link. Never blocks; callers stop reading from their peers while {@link #overloaded}.
     */
    void submit(Submission submission);

    /** Whether the ledger has more waiting than it should; ask again when a submission comes back. */
    boolean overloaded();

    /**
     * Reads a stretch of a session's queue, on a thread of its own; the answer is {@link SessionLink#page}.
     *
     * @param fromSequence where to begin
     * @param endSequence where to stop at the latest: a durable end of the queue that the caller was told of
     * @param maxWeightBytes stop after the entry that reaches it
     */
    void readPage(
            SessionLink link,
            SessionRef session,
            long generation,
            long fromSequence,
            long endSequence,
            int maxWeightBytes);

    /** The wall clock as the ledger sees it, ms: it does not step while the store is open. */
    long nowMs();

    /** How much space is left, and what is refused for lack of it; as of a second ago at most. */
    SpaceReport space();

    /** Completes what was submitted, marks a clean stop and closes. Afterwards submissions are dropped. */
    @Override
    void close();
}
