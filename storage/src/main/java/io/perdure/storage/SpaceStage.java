package io.perdure.storage;

/** What a store still takes, by how much space is left for it; each stage includes what those before it refuse. */
public enum SpaceStage {
    /** Everything. */
    OK,
    /** Everything; the operator is told. */
    WARN,
    /** No new sessions that outlive their connection, no new retained messages. */
    REFUSE_NEW,
    /** No PUBLISH of QoS 1 or 2. */
    REFUSE_PUBLISH,
    /** Nothing but what lets sessions go on and messages leave; Wills that would be stored wait. */
    DRAIN_ONLY;

    /** Whether it is this stage or one with less space. */
    public boolean atLeast(SpaceStage other) {
        return compareTo(other) >= 0;
    }
}
