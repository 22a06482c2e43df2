package io.perdure.server.config;

import java.util.List;

/** A configuration that can't be used. Each problem is one line: where, which key, what was given, what is allowed. */
public final class ConfigException extends Exception {

    private final List<String> problems;
    private final boolean onCommandLine;

    ConfigException(List<String> problems, boolean onCommandLine) {
        super(String.join(System.lineSeparator(), problems));
        this.problems = List.copyOf(problems);
        this.onCommandLine = onCommandLine;
    }

    /** All that is wrong, at least one line. */
    public List<String> problems() {
        return problems;
    }

    /** Whether a command-line option is among what is wrong. */
    public boolean onCommandLine() {
        return onCommandLine;
    }
}
