package io.perdure.server;

/** A broker that can't start. The message is one line for the user: what, where, what to do. */
public final class BrokerException extends RuntimeException {

    BrokerException(Throwable cause) {
        super(String.valueOf(cause.getMessage()), cause);
    }

    /** One line. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
