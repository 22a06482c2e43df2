package io.perdure.storage.recovery;

import io.perdure.storage.RecoveryReport;
import io.perdure.storage.RecoveryReport.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** The report of the last start, as JSON in the data directory; docs/start-report.md says what is in it. */
final class ReportFile {

    static final String NAME = "recovery-report.json";

    private static final int SCHEMA = 1;

    private ReportFile() {}

    /** Replaces the report of the start before: after a crash there is one of the two, whole. */
    static void write(Path directory, RecoveryReport report) throws IOException {
        DurableFiles.write(directory.resolve(NAME), json(report));
    }

    static String json(RecoveryReport report) {
        List<String> members = List.of(
                "\"schema\": " + SCHEMA,
                "\"started\": "
                        + Json.string(Instant.ofEpochMilli(report.startedMs()).toString()),
                "\"durationMs\": " + report.durationMs(),
                "\"phases\": "
                        + array(report.phases().stream().map(ReportFile::phase).toList()),
                "\"created\": " + report.created(),
                "\"cleanStop\": " + report.cleanStop(),
                "\"clockBehindMs\": " + report.clockBehindMs(),
                "\"sessions\": " + report.sessions(),
                "\"subscriptions\": " + report.subscriptions(),
                "\"retainedEstimate\": " + report.retained(),
                "\"queuedEstimate\": " + report.queued(),
                "\"tableBytes\": " + report.tableBytes(),
                "\"logBytes\": " + report.logBytes(),
                "\"repaired\": " + strings(report.repaired()),
                "\"setAside\": " + strings(report.setAside()));
        return members.stream().collect(Collectors.joining(",\n  ", "{\n  ", "\n}\n"));
    }

    private static String phase(Phase phase) {
        return "{\"name\": " + Json.string(phase.name()) + ", \"durationMs\": " + phase.durationMs() + "}";
    }

    private static String strings(List<String> texts) {
        return array(texts.stream().map(Json::string).toList());
    }

    private static String array(List<String> elements) {
        return elements.isEmpty() ? "[]" : elements.stream().collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
    }
}
