package io.perdure.storage.recovery;

import io.perdure.storage.RecoveryReport;
import io.perdure.storage.RecoveryReport.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
        Path file = directory.resolve(NAME);
        Path temporary = directory.resolve(NAME + ".tmp");
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(json(report));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    static String json(RecoveryReport report) {
        List<String> members = List.of(
                "\"schema\": " + SCHEMA,
                "\"started\": "
                        + string(Instant.ofEpochMilli(report.startedMs()).toString()),
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
        return "{\"name\": " + string(phase.name()) + ", \"durationMs\": " + phase.durationMs() + "}";
    }

    private static String strings(List<String> texts) {
        return array(texts.stream().map(ReportFile::string).toList());
    }

    private static String array(List<String> elements) {
        return elements.isEmpty() ? "[]" : elements.stream().collect(Collectors.joining(",\n    ", "[\n    ", "\n  ]"));
    }

    private static String string(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == '\u007f' || Character.isSurrogate(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
