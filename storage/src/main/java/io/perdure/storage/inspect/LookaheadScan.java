package io.perdure.storage.inspect;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A scan that is one view ahead of its reader. */
abstract class LookaheadScan<T> implements Scan<T> {

    private @Nullable T ahead;

    /** The next view, null at the end, then again and again. */
    abstract @Nullable T advance();

    @Override
    public final boolean hasNext() {
        if (ahead == null) {
            ahead = advance();
        }
        return ahead != null;
    }

    @Override
    public final T next() {
        T next = ahead == null ? advance() : ahead;
        if (next == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        return next;
    }
}
