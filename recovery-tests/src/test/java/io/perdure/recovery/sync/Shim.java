package io.perdure.recovery.sync;

import io.perdure.recovery.crash.Launch;
import io.perdure.recovery.crash.Preload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The library that is preloaded into the broker. */
final class Shim {

    private final Path library;
    private final Path notes;

    private Shim(Path library, Path notes) {
        this.library = library;
        this.notes = notes;
    }

    /** Builds it in a directory; skips the test where this can't be done. */
    static Shim build(Path directory) throws IOException, InterruptedException {
        Path library = Preload.build(
                Shim.class, "syncshim.c", directory, "acknowledgements are not mapped to the syncs that cover them");
        return new Shim(library, directory.resolve("notes"));
    }

    /** The broker with this preloaded. */
    Launch into(Launch launch, Path data) throws IOException {
        Files.createDirectories(data);
        return launch.withEnvironment("LD_PRELOAD", library.toString())
                .withEnvironment("SYNCSHIM_DIR", data.toRealPath().toString())
                .withEnvironment("SYNCSHIM_LOG", notes.toString());
    }

    /** What was noted. */
    Path notes() {
        return notes;
    }
}
