package io.perdure.storage.inspect;

import java.util.Iterator;

/**
 * A stream of views, read from the store as it is consumed: what it holds in memory does not depend on the store's size.
 *
 * <p>For one thread; closed by its user, before the reader that gave it. Reading throws {@link
 * io.perdure.storage.StoreException} if the store can't be read on.
 */
public interface Scan<T> extends Iterator<T>, AutoCloseable {

    @Override
    void close();
}
