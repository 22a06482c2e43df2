package io.perdure.storage.recovery;

import io.perdure.storage.SetAside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A directory for what one start has set aside: {@code quarantine/TIME} in the data directory, with the damaged files and a
 * list, {@code set-aside.json}. Until the start has done all that follows from it, there is a mark, so that a start after a
 * crash does it. Nothing here is ever removed by a broker.
 */
final class Quarantine {

    static final String DIRECTORY = "quarantine";

    private static final String LIST = "set-aside.json";
    private static final String UNFINISHED = "UNFINISHED";
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Path directory;

    private Quarantine(Path directory) {
        this.directory = directory;
    }

    /** Makes one and marks it as unfinished. */
    static Quarantine begin(Path dataDirectory, long wallMs) throws IOException {
        Path all = dataDirectory.resolve(DIRECTORY);
        Files.createDirectories(all);
        String name = NAME.format(Instant.ofEpochMilli(wallMs));
        Path own = all.resolve(name);
        for (int i = 2; Files.exists(own); i++) {
            own = all.resolve(name + "-" + i);
        }
        Files.createDirectory(own);
        DurableFiles.syncDirectory(all);
        DurableFiles.syncDirectory(dataDirectory);
        DurableFiles.write(own.resolve(UNFINISHED), "");
        return new Quarantine(own);
    }

    /** Those that an interrupted start has left. */
    static List<Quarantine> unfinished(Path dataDirectory) throws IOException {
        Path all = dataDirectory.resolve(DIRECTORY);
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> each = Files.list(all)) {
            return each.filter(own -> Files.exists(own.resolve(UNFINISHED)))
                    .map(Quarantine::new)
                    .toList();
        }
    }

    Path directory() {
        return directory;
    }

    /** Keeps a copy of a file that is about to be changed or deleted. */
    void keep(Path file) throws IOException {
        DurableFiles.copy(file, directory.resolve(file.getFileName()));
    }

    /** Says what is here. */
    void list(List<SetAside> all) throws IOException {
        String objects = all.stream().map(Quarantine::json).collect(Collectors.joining(",\n    "));
        DurableFiles.write(
                directory.resolve(LIST), "{\n  \"schema\": 1,\n  \"setAside\": [\n    " + objects + "\n  ]\n}\n");
    }

    /** Nothing follows from it any more. */
    void finish() throws IOException {
        DurableFiles.delete(directory.resolve(UNFINISHED));
    }

    private static String json(SetAside s) {
        return "{\"what\": " + Json.string(s.what())
                + ", \"where\": " + Json.string(s.where())
                + ", \"client\": " + (s.clientId() == null ? "null" : Json.string(s.clientId()))
                + ", \"rows\": " + (s.rows() < 0 ? "null" : s.rows())
                + ", \"reason\": " + Json.string(s.reason()) + "}";
    }
}
