package io.perdure.recovery.client;

import java.io.IOException;

/** The broker sent something that the specification forbids. */
public final class ProtocolViolation extends IOException {

    ProtocolViolation(String message) {
        super(message);
    }
}
