package io.perdure.storage.inspect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be said of the table files of a store without opening it. */
public final class Tables {

    private static final Pattern TABLE = Pattern.compile("(\\d{6,})\\.sst");

    private Tables() {}

    /** Which family the first table belongs to that a text names; null if it names none, or none of the store's. */
    public static @Nullable String familyOfTableIn(Path directory, String text) {
        Matcher table = TABLE.matcher(text);
        if (!table.find()) {
            return null;
        }
        try {
            Manifest manifest = Manifest.read(directory);
            return manifest == null ? null : manifest.familyOfTable(Long.parseLong(table.group(1)));
        } catch (IOException e) {
            return null; // this was to explain another failure
        }
    }

    /** The table files that the store does not need by its MANIFEST: left over, or what a damaged MANIFEST says no more. */
    public static List<Path> unknown(Path directory) throws IOException {
        Manifest manifest = Manifest.read(directory);
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> {
                        Matcher table = TABLE.matcher(file.getFileName().toString());
                        return table.matches()
                                && manifest != null
                                && manifest.familyOfTable(Long.parseLong(table.group(1))) == null;
                    })
                    .toList();
        }
    }
}
