package io.perdure.storage.recovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Puts a new store in the place of the one in the data directory, which is kept. The file {@code SWAP} says how far it has
 * come, so that a start after a crash goes on with it: at any time the old store is complete, or the new one is.
 *
 * <pre>
 * DIR/SWAP  "out NAME": files of the old store are on their way to  quarantine/NAME/store
 *           "in NAME":  files of the new one are on their way from  quarantine/NAME/new
 * </pre>
 */
final class StoreSwap {

    /** Where the new store is made, in the quarantine directory. */
    static final String NEW = "new";

    private static final String OLD = "store";
    private static final String STATE = "SWAP";
    private static final String OUT = "out ";
    private static final String IN = "in ";

    private static final Pattern STORE_FILE =
            Pattern.compile("CURRENT|IDENTITY|LOG|LOG\\..*|(MANIFEST|OPTIONS)-.*|\\d+\\.(sst|log|blob)|.*\\.dbtmp");

    private StoreSwap() {}

    /** Begins, and does all of it. */
    static void run(Path dataDirectory, Path quarantine) throws IOException {
        DurableFiles.write(dataDirectory.resolve(STATE), OUT + quarantine.getFileName());
        finish(dataDirectory);
    }

    /** Goes on with what a start before has begun; does nothing if there is none. */
    static void finish(Path dataDirectory) throws IOException {
        Path state = dataDirectory.resolve(STATE);
        if (!Files.exists(state)) {
            return;
        }
        String content = Files.readString(state).strip();
        boolean out = content.startsWith(OUT);
        String name = content.substring(out ? OUT.length() : IN.length());
        Path quarantine = dataDirectory.resolve(Quarantine.DIRECTORY).resolve(name);
        if (out) {
            Path old = quarantine.resolve(OLD);
            Files.createDirectories(old);
            DurableFiles.syncDirectory(quarantine);
            move(dataDirectory, old);
            DurableFiles.write(state, IN + name);
        }
        move(quarantine.resolve(NEW), dataDirectory);
        DurableFiles.delete(state);
    }

    private static void move(Path from, Path to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(from)) {
            files = all.filter(file ->
                            STORE_FILE.matcher(file.getFileName().toString()).matches())
                    .toList();
        }
        for (Path file : files) {
            Files.move(file, to.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        }
        DurableFiles.syncDirectory(to);
        DurableFiles.syncDirectory(from);
    }
}
