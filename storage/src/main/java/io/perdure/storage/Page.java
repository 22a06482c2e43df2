package io.perdure.storage;

import java.util.List;

/**
 * A stretch of a session's queue, read from the store.
 *
 * @param generation the attachment that asked
 * @param fromSequence where it was to begin
 * @param endSequence everything that is stored in {@code [fromSequence, endSequence)} is in it
 * @param entries in order of sequence; also what is finished already, if it was not trimmed yet
 */
public record Page(long generation, long fromSequence, long endSequence, List<Entry> entries) {}
