package io.perdure.storage.recovery;

import io.perdure.storage.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file in the data directory that says that damage was found while a broker ran. A start reads no queues, so it would not
 * find it; with {@code recovery: quarantine} it reads all of the store then.
 */
final class DamageMark {

    private static final Logger LOG = LoggerFactory.getLogger(DamageMark.class);

    private static final String NAME = "DAMAGE-FOUND";

    private DamageMark() {}

    /** Writes it if the failure is damage; the process is about to end. */
    static void set(Path directory, Throwable failure) {
        if (failure instanceof StoreException e && e.kind() == StoreException.Kind.DAMAGED) {
            try {
                DurableFiles.write(directory.resolve(NAME), e.getMessage() + "\n");
            } catch (IOException notWritten) {
                LOG.warn("{} can't be written: {}", directory.resolve(NAME), notWritten.toString());
            }
        }
    }

    /** What was found; null if nothing was. */
    static @Nullable String get(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        return Files.exists(file) ? Files.readString(file).strip() : null;
    }

    static void remove(Path directory) throws IOException {
        if (Files.exists(directory.resolve(NAME))) {
            DurableFiles.delete(directory.resolve(NAME));
        }
    }
}
