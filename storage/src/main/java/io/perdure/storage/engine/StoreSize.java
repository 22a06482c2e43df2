package io.perdure.storage.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How large the files of a store are, found without opening it; 0 for what is not there.
 *
 * @param tableBytes of its tables
 * @param logBytes of its log
 */
public record StoreSize(long tableBytes, long logBytes) {

    /** Looks at the files of a directory, whether there is a store in it or not. */
    public static StoreSize of(Path directory) {
        return new StoreSize(sum(directory, ".sst"), sum(directory, ".log"));
    }

    private static long sum(Path directory, String ending) {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found =
                    files.filter(file -> file.toString().endsWith(ending)).toList();
            long bytes = 0;
            for (Path file : found) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException notReadable) {
            return 0; // the opening of the store says what is wrong
        }
    }
}
