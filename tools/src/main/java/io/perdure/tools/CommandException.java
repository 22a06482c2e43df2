package io.perdure.tools;

/** A command that could not do what it was asked; the message is one line for the user: what, where, what to do. */
final class CommandException extends RuntimeException {

    private final int exitCode;

    CommandException(String message) {
        this(message, 1);
    }

    CommandException(String message, int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
