package io.perdure.recovery.model;

/**
 * A broken rule.
 *
 * @param rule the rule's name
 * @param message what happened, one line
 * @param excerpt the trace around it
 */
public record Violation(String rule, String message, String excerpt) {

    @Override
    public String toString() {
        return rule + ": " + message + "\n" + excerpt;
    }
}
