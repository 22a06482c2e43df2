package io.perdure.storage;

/** A store that can't be opened, read or written. The message is one line for the user: what, where, what to do. */
public final class StoreException extends RuntimeException {

    /** What is wrong, as far as it decides what to do next. */
    public enum Kind {
        /** Another process has the store open. */
        IN_USE,
        /** What was read is not what was written. */
        DAMAGED,
        /** The device is full, or the quota is used up. */
        NO_SPACE,
        /** Anything else: permissions, a device that fails, a store of another format, a wrong directory. */
        OTHER
    }

    private final Kind kind;

    public StoreException(String message) {
        this(Kind.OTHER, message);
    }

    public StoreException(String message, Throwable cause) {
        this(Kind.OTHER, message, cause);
    }

    public StoreException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
