package io.perdure.server.connection;

import io.perdure.protocol.packet.ReasonCode;

/** The client broke a rule: the connection says why and closes. Has no stack trace: it is the client's fault, and cheap. */
final class ProtocolViolation extends RuntimeException {

    private final ReasonCode reasonCode;

    ProtocolViolation(ReasonCode reasonCode, String message) {
        super(message, null, false, false);
        this.reasonCode = reasonCode;
    }

    ReasonCode reasonCode() {
        return reasonCode;
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
