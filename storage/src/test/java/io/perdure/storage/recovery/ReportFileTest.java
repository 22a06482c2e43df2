package io.perdure.storage.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.storage.RecoveryReport;
import io.perdure.storage.RecoveryReport.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFileTest {

    @TempDir
    private Path directory;

    @Test
    void writesAllThatTheReportSays() throws IOException {
        RecoveryReport report = new RecoveryReport(
                1_795_000_000_123L,
                42,
                List.of(new Phase("open", 30), new Phase("sessions", 12)),
                false,
                true,
                3_600_000,
                1,
                2,
                3,
                4,
                5,
                6,
                List.of("a \"torn\" tail in C:\\data\n"),
                List.of());
        ReportFile.write(directory, report);
        assertEquals("""
                {
                  "schema": 1,
                  "started": "2026-11-18T11:06:40.123Z",
                  "durationMs": 42,
                  "phases": [
                    {"name": "open", "durationMs": 30},
                    {"name": "sessions", "durationMs": 12}
                  ],
                  "created": false,
                  "cleanStop": true,
                  "clockBehindMs": 3600000,
                  "sessions": 1,
                  "subscriptions": 2,
                  "retainedEstimate": 3,
                  "queuedEstimate": 4,
                  "tableBytes": 5,
                  "logBytes": 6,
                  "repaired": [
                    "a \\"torn\\" tail in C:\\\\data\\u000a"
                  ],
                  "setAside": []
                }
                """, Files.readString(directory.resolve(ReportFile.NAME)));
    }

    @Test
    void replacesTheReportOfTheStartBeforeAndLeavesNothingElse() throws IOException {
        ReportFile.write(directory, RecoveryReport.ofNewStore(1));
        ReportFile.write(directory, RecoveryReport.ofNewStore(2));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(directory.resolve(ReportFile.NAME)), files.toList());
        }
        assertEquals(
                ReportFile.json(RecoveryReport.ofNewStore(2)), Files.readString(directory.resolve(ReportFile.NAME)));
    }
}
