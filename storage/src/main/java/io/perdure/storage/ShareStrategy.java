package io.perdure.storage;

/**
 * Which of the members of a Shared Subscription gets a message. All choose among the connected members that have send quota
 * left.
 */
public enum ShareStrategy {
    /** One after the other. */
    ROUND_ROBIN,
    /** The one that has the fewest unacknowledged messages; of several the one that was given one longest ago. */
    LEAST_IN_FLIGHT,
    /**
     * All messages of one publisher go to the same member, as long as it is connected and has send quota left; else to
     * another, which is the same each time. Members that come and go leave the publishers of others where they are.
     */
    STICKY
}
