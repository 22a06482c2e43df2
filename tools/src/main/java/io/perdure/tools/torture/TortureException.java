package io.perdure.tools.torture;

/** A run that could not be made; the message is for the user. */
public final class TortureException extends Exception {

    TortureException(String message) {
        super(message);
    }
}
