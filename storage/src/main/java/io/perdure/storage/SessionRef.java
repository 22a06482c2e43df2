package io.perdure.storage;

import org.jspecify.annotations.Nullable;

/** A session, seen from outside the ledger. Identity is that of the object. May be read by any thread. */
public interface SessionRef {

    /** The Client Identifier. */
    String clientId();

    /** The connection that the session is attached to, as of the last completed group; null while it is offline. */
    @Nullable
    SessionLink link();
}
