package io.perdure.storage.inspect;

import io.perdure.storage.Message;

/** A retained message. */
public record RetainedView(Message message) {}
