package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import java.util.ArrayList;
import java.util.List;

/** Collects what a rule finds. */
final class Findings {

    private final String rule;
    private final List<Violation> violations = new ArrayList<>();

    Findings(Rule rule) {
        this.rule = rule.getClass().getSimpleName();
    }

    /** @param index the event of the trace that shows it */
    void add(String message, Trace trace, int index) {
        add(message, excerpt(trace, index));
    }

    void add(String message, String excerpt) {
        violations.add(new Violation(rule, message, excerpt));
    }

    static String excerpt(Trace trace, int index) {
        return "  trace of " + trace.clientId() + ":\n" + trace.around(index, 12, 4);
    }

    List<Violation> violations() {
        return violations;
    }
}
