package io.perdure.tools.torture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was checked and what was found to be broken. Any thread; holds the first pieces of evidence for each check. */
final class Findings {

    private static final int EVIDENCE = 3;
    private static final int EXCERPT_LINES = 12;

    private static final class Count {
        private long checked;
        private long broken;
        private int told;
    }

    private final Map<Check, Count> counts = new EnumMap<>(Check.class);
    private final List<TortureReport.Evidence> evidence = new ArrayList<>();

    Findings() {
        for (Check check : Check.values()) {
            counts.put(check, new Count());
        }
    }

    @SuppressWarnings("NullAway") // the constructor puts one for each
    private Count count(Check check) {
        return counts.get(check);
    }

    /** So many more were looked at. */
    synchronized void checked(Check check, long number) {
        count(check).checked += number;
    }

    /** One is broken. */
    void broken(Check check, String what, @Nullable Trace trace) {
        broken(check, 1, what, trace);
    }

    /**
     * So many are broken.
     *
     * @param trace of the client that saw it, or null
     */
    synchronized void broken(Check check, long number, String what, @Nullable Trace trace) {
        Count count = count(check);
        count.broken += number;
        if (count.told++ < EVIDENCE) {
            List<String> excerpt = trace == null ? List.of() : trace.tail(EXCERPT_LINES);
            evidence.add(new TortureReport.Evidence(check.id(), what, excerpt));
        }
    }

    /** Over all checks. */
    synchronized long broken() {
        return counts.values().stream().mapToLong(count -> count.broken).sum();
    }

    synchronized List<TortureReport.Row> rows() {
        List<TortureReport.Row> rows = new ArrayList<>();
        counts.forEach((check, count) ->
                rows.add(new TortureReport.Row(check.id(), check.label(), count.broken, count.checked, check.unit())));
        return rows;
    }

    synchronized List<TortureReport.Evidence> evidence() {
        return List.copyOf(evidence);
    }
}
