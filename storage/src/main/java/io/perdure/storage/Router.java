package io.perdure.storage;

/**
 * Resolves Topic Names to subscriptions. One writer, the ledger's thread; any number of readers.
 *
 * <p>It is filled by recovery before the store is open, so restored sessions are routable before a listener opens.
 */
public interface Router {

    /** Adds a subscription, or replaces the one of the same session with the same {@link Subscription#fullFilter}. */
    void add(Subscription subscription);

    /** Removes a subscription; nothing happens if it is not there. */
    void remove(Subscription subscription);

    /** Grows with every change, after it. */
    long version();

    /**
     * The subscriptions that match a Topic Name.
     *
     * @param topic UTF-8, without wildcards; not changed afterwards
     */
    Route route(byte[] topic);
}
