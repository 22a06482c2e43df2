package io.perdure.storage.format;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of a message that came by a Shared Subscription, so that it can go to another member.
 *
 * @param fullFilter of the Shared Subscription; null in the group's own queue, where the key says it
 * @param retain the RETAIN flag of the PUBLISH
 * @param publisher a hash of the publisher's Client Identifier, or 0 if it does not matter
 */
public record ShareOrigin(@Nullable String fullFilter, boolean retain, long publisher) {}
