package io.perdure.storage;

/** What a start does with a store that is damaged. A torn tail of the log, as a crash leaves it, is no damage. */
public enum RecoveryPolicy {
    /** Refuses to start, and changes nothing. */
    STRICT,
    /** Sets the damaged part aside, under {@code quarantine} in the data directory, and serves the rest. */
    QUARANTINE
}
