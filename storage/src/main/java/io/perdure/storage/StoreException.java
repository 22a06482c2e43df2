package io.perdure.storage;

/** A store that can't be opened, read or written. The message is one line for the user: what, where, what to do. */
public final class StoreException extends RuntimeException {

    public StoreException(String message) {
        super(message);
    }

    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }
}
