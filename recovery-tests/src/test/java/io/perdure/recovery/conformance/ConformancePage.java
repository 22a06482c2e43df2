package io.perdure.recovery.conformance;

import io.perdure.recovery.conformance.Catalogue.Choice;
import io.perdure.recovery.conformance.Catalogue.Kind;
import io.perdure.recovery.conformance.Catalogue.Statement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes {@code docs/conformance.md}. */
final class ConformancePage {

    private static final String HOLE = "**not proved**";

    private final StringBuilder out = new StringBuilder();
    private final Map<String, String> classes = new TreeMap<>();

    private ConformancePage() {}

    static String write(Catalogue catalogue, Proofs proofs) {
        ConformancePage page = new ConformancePage();
        page.introduction(catalogue);
        page.statements("MQTT 5.0", catalogue.v5(), proofs.v5());
        page.statements("MQTT 3.1.1", catalogue.v311(), proofs.v311());
        page.choices(catalogue.choices(), proofs.choices());
        page.targets();
        return page.out.toString();
    }

    private void introduction(Catalogue catalogue) {
        out.append("""
                # Conformance

                What MQTT demands of a server, statement by statement, and the test that proves it here. The page is made by the
                tests (`ConformancePageTest`), and the build fails if a statement that binds the broker has no proof. The statements
                are told in short; the [specification of 5.0](https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html) and [of
                3.1.1](https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html) have the words that count.

                Run the proofs: `mvn verify -pl recovery-tests -am -Dtest='io.perdure.recovery.conformance.*Test'
                -Dsurefire.failIfNoSpecifiedTests=false`. Each speaks to a broker with its store over a socket.

                | | bind the broker, proved | bind clients only | of features not offered |
                |---|---|---|---|
                """);
        counts("MQTT 5.0", catalogue.v5());
        counts("MQTT 3.1.1", catalogue.v311());
        out.append("\nMQTT 3.1 numbers no statements: [its rules](mqtt-3.1.md).\n");
    }

    private void counts(String name, List<Statement> statements) {
        out.append("| [%s](#%s) |"
                .formatted(name, name.toLowerCase(Locale.ROOT).replace(' ', '-').replace(".", "")));
        for (Kind kind : Kind.values()) {
            out.append(" %d |"
                    .formatted(statements.stream().filter(s -> s.kind() == kind).count()));
        }
        out.append('\n');
    }

    private void statements(String title, List<Statement> statements, Map<String, List<Method>> proofs) {
        out.append("\n## %s\n\n| statement | in short | proved by |\n|---|---|---|\n".formatted(title));
        for (Statement statement : statements) {
            List<Method> tests = proofs.getOrDefault(statement.id(), List.of());
            out.append("| %s | %s | %s |\n"
                    .formatted(statement.id(), cell(statement.summary()), cell(proof(statement, tests))));
        }
    }

    private String proof(Statement statement, List<Method> tests) {
        String remark = statement.remark();
        String links = links(tests);
        return switch (statement.kind()) {
            case SERVER -> (tests.isEmpty() ? HOLE : links) + (remark.isEmpty() ? "" : ". " + remark);
            case CLIENT ->
                "binds clients" + (remark.isEmpty() ? "" : ": " + remark) + (tests.isEmpty() ? "" : ". " + links);
            case NOT_OFFERED -> "not offered: " + remark + (tests.isEmpty() ? "" : ". " + links);
        };
    }

    private void choices(List<Choice> choices, Map<String, List<Method>> proofs) {
        out.append("""

                ## What the specifications leave open

                | | version | section | what is open | what Perdure does | proved by |
                |---|---|---|---|---|---|
                """);
        for (Choice choice : choices) {
            List<Method> tests = proofs.getOrDefault(choice.key(), List.of());
            out.append("| %s | %s | %s | %s | %s | %s |\n"
                    .formatted(
                            choice.key(),
                            choice.versions(),
                            choice.section(),
                            cell(choice.open()),
                            cell(choice.chosen()),
                            tests.isEmpty() ? HOLE : links(tests)));
        }
    }

    /** Class by class, each a link whose target stands at the end of the page. */
    private String links(List<Method> tests) {
        Map<String, List<String>> byClass = new TreeMap<>();
        for (Method test : tests) {
            Class<?> type = test.getDeclaringClass();
            classes.put(type.getSimpleName(), type.getName().replace('.', '/'));
            byClass.computeIfAbsent(type.getSimpleName(), key -> new ArrayList<>())
                    .add(test.getName());
        }
        List<String> links = new ArrayList<>();
        byClass.forEach((type, names) -> links.add("[%s]: %s".formatted(type, String.join(", ", names))));
        return String.join("; ", links);
    }

    private void targets() {
        out.append('\n');
        classes.forEach(
                (name, path) -> out.append("[%s]: ../recovery-tests/src/test/java/%s.java\n".formatted(name, path)));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
