package io.perdure.storage.recovery;

import io.perdure.storage.SetAside;
import io.perdure.storage.StoreException;
import io.perdure.storage.StoreOptions;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.inspect.Survey;
import io.perdure.storage.ledger.StartProgress;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Replaces a damaged store by a new one with all of it that can be served; the old one is kept whole, under {@code
 * quarantine}. Takes as long as reading the store twice and writing it once.
 */
final class Salvage {

    private static final long BATCH_BYTES = 4L << 20;

    private final StoreOptions options;
    private final StartProgress progress;

    Salvage(StoreOptions options, StartProgress progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Salvages the store of the data directory, which nobody has open; leaves it as it is if nothing is damaged.
     *
     * @return whether something was
     * @throws StoreException if nothing can be served of it; it is as it was
     */
    boolean run() {
        Path directory = options.directory();
        if (RocksEngine.isInUse(directory)) { // LOCK must not be touched while this process has it
            throw inUse(directory);
        }
        try (FileChannel channel = FileChannel.open(
                        directory.resolve("LOCK"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock == null) {
                throw inUse(directory);
            }
            return salvage(directory);
        } catch (IOException e) {
            throw new StoreException(
                    "what is damaged in " + directory + " can't be set aside (" + e + "); see to the disk, or to the"
                            + " permissions of the files",
                    e);
        }
    }

    private static StoreException inUse(Path directory) {
        return new StoreException(
                StoreException.Kind.IN_USE, "the store in " + directory + " is in use by another broker; stop it");
    }

    private boolean salvage(Path directory) throws IOException {
        new LogCheck(options, progress).run();
        progress.phase("survey");
        List<SetAside> damaged;
        Quarantine quarantine;
        try (Engine old = RocksEngine.openDamaged(directory, Family.all(), true);
                Engine unverified = RocksEngine.openDamaged(directory, Family.all(), false)) {
            Survey survey = Survey.of(old, unverified);
            damaged = survey.setAside();
            if (damaged.isEmpty()) {
                return false;
            }
            quarantine = Quarantine.begin(directory, options.clock().wallMs());
            quarantine.list(damaged);
            progress.phase("salvage", "rows");
            copy(survey, quarantine.directory().resolve(StoreSwap.NEW));
        }
        StoreSwap.run(directory, quarantine.directory());
        damaged.forEach(what -> progress.setAside(what + "; kept in " + quarantine.directory()));
        return true;
    }

    private void copy(Survey survey, Path target) {
        try (Engine engine = RocksEngine.open(target, Family.all());
                Engine.Batch batch = engine.newBatch()) {
            for (Family family : Family.values()) {
                survey.served(family, (key, value) -> {
                    batch.put(family.index(), key, value);
                    progress.done(1);
                    if (batch.sizeBytes() >= BATCH_BYTES) {
                        engine.write(batch, false);
                        batch.clear();
                    }
                });
            }
            engine.write(batch, true);
        }
    }
}
