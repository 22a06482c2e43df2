package io.perdure.storage;

/**
 * Where a session stands when a connection has been attached to it.
 *
 * @param session the session
 * @param generation to be given with everything that this connection submits
 * @param sessionPresent for CONNACK
 * @param head all sequences below are finished
 * @param finished sequences from {@code head} on that are finished too, ascending
 * @param released QoS 2 sequences that were PUBRECed and not PUBCOMPed, in the order of their PUBRECs: PUBREL is owed
 * @param resendBelow unfinished sequences below may have been sent before: DUP = 1
 * @param sentLimit sequences below may be sent
 * @param tail the end of the queue: the next message gets this sequence or a higher one
 */
public record Attachment(
        SessionRef session,
        long generation,
        boolean sessionPresent,
        long head,
        long[] finished,
        long[] released,
        long resendBelow,
        long sentLimit,
        long tail) {}
