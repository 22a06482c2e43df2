package io.perdure.storage;

import java.util.List;

/**
 * What one group added to the queue of one attached session, durable when it is handed out.
 *
 * <p>Its entries are those of the sequences {@code [fromSequence, toSequence)}, in order and with gaps where nothing is,
 * and, among them, unqueued QoS 0 entries.
 *
 * @param session the session
 * @param generation the attachment that it is for; a connection of another generation drops it
 * @param fromSequence the end of the queue before the group
 * @param toSequence the end of the queue after it
 * @param entries in the order in which they are to be sent
 */
public record Delivery(SessionRef session, long generation, long fromSequence, long toSequence, List<Entry> entries) {}
