package io.perdure.storage.inspect;

import io.perdure.storage.Entry;

/**
 * One message of a Shared Subscription that no member has been given yet.
 *
 * @param fullFilter the Shared Subscription, {@code $share/...} included
 * @param entry the message; its sequence is that of the share's queue
 */
public record ShareEntryView(String fullFilter, Entry entry) {}
