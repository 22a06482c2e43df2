package io.perdure.storage.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What is in a directory, to see whether something changed it. */
final class StoreFiles {

    private StoreFiles() {}

    /**
     * Each file's size, hash and time.
     *
     * @param unread names of files that must not be opened: LOCK, while this process holds it
     */
    static Map<String, String> contents(Path directory, String... unread) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                String name = directory.relativize(file).toString();
                if (Files.isRegularFile(file)) {
                    int hash = List.of(unread).contains(name) ? 0 : Arrays.hashCode(Files.readAllBytes(file));
                    contents.put(name, Files.size(file) + " " + hash + " " + Files.getLastModifiedTime(file));
                } else {
                    contents.put(name, "");
                }
            }
        }
        return contents;
    }
}
