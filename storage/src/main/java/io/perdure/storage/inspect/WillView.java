package io.perdure.storage.inspect;

import io.perdure.storage.Will;

/**
 * A Will Message that is not published yet.
 *
 * @param clientId whose
 * @param will the message
 * @param dueAtMs when it is published, wall clock; {@link io.perdure.storage.Message#NEVER} as long as its client is
 *     connected. Of a stopped store it is published after the next start at the earliest
 */
public record WillView(String clientId, Will will, long dueAtMs) {}
