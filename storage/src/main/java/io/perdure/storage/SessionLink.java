package io.perdure.storage;

/**
 * How the ledger reaches the connection of a session.
 *
 * <p>All methods but {@link #lane()} run on the lane.
 */
public interface SessionLink {

    /** The event loop of the connection; the same for its whole life. */
    Lane lane();

    /** A submission of this connection is durable; its commands hold their results. Called in order of submission. */
    void completed(Submission submission);

    /** New entries for this connection, durable. */
    void deliver(Delivery delivery);

    /** The answer to {@link Store#readPage}. */
    void page(Page page);

    /**
     * Another connection wants the session: close, and submit a {@link Command.Detach}, after which no more comes from
     * here. Called at most once.
     *
     * @param generation the attachment that ends; ignore the call if it is not the current one
     */
    void takeOver(long generation);

    /** Called after a batch of the calls above: write what they have produced, once. */
    void flush();
}
