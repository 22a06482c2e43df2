package io.perdure.recovery.model;

import java.util.ArrayList;
import java.util.List;

/** All rules together. */
public final class Model {

    private static final List<Rule> RULES = List.of(
            new Fidelity(),
            new NoLoss(),
            new Subscribed(),
            new ExactlyOnce(),
            new Repeats(),
            new Ordering(),
            new Resumption(),
            new SessionPresence(),
            new PublisherAcknowledgements(),
            new RetainedState(),
            new Wills(),
            new Expiry());

    private Model() {}

    /** Every rule that a run breaks; it must be over: drained, no client in the middle of anything. */
    public static List<Violation> check(Run run) {
        History history = new History(run);
        List<Violation> violations = new ArrayList<>();
        for (Rule rule : RULES) {
            violations.addAll(check(rule, history));
        }
        return violations;
    }

    /** What is still owed to subscribers: acknowledged, due as a Will or retained, and not delivered. */
    public static int missing(Run run) {
        History history = new History(run);
        return check(new NoLoss(), history).size() + check(new Wills(), history).size();
    }

    static List<Violation> check(Rule rule, History history) {
        Findings findings = new Findings(rule);
        rule.check(history, findings);
        return findings.violations();
    }

    /** The first few violations of each rule, and how many there are. */
    public static String describe(List<Violation> violations) {
        StringBuilder text = new StringBuilder();
        List<String> rules = violations.stream().map(Violation::rule).distinct().toList();
        for (String rule : rules) {
            List<Violation> broken =
                    violations.stream().filter(v -> v.rule().equals(rule)).toList();
            text.append("\n== ").append(rule).append(": ").append(broken.size()).append(" violations\n");
            broken.stream().limit(3).forEach(violation -> text.append(violation).append('\n'));
        }
        return text.toString();
    }
}
