package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.FullDisk;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.GroupNote;
import io.perdure.storage.format.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes a store's log as the ledger does, a group at a time, by RocksDB itself. */
final class LogMaker implements AutoCloseable {

    private final Path directory;
    private final Engine engine;
    private long number;
    private long durable;

    LogMaker(Path directory) {
        this(directory, RocksEngine.open(directory, Family.all()));
    }

    private LogMaker(Path directory, Engine engine) {
        this.directory = directory;
        this.engine = engine;
    }

    /** As a start does without space for tables: it leaves the log where it is, and begins another file. */
    static LogMaker withoutRoom(Path directory) {
        return new LogMaker(directory, FullDisk.open(directory, Family.all()));
    }

    /** A group of two rows, one of which has so many bytes. */
    LogMaker group(int bytes, boolean sync) {
        return group(bytes, sync, true);
    }

    /** @param both whether there is a row of a quiet family too */
    LogMaker group(int bytes, boolean sync, boolean both) {
        number++;
        try (Engine.Batch batch = engine.newBatch()) {
            if (both) {
                batch.put(Family.META.index(), Keys.meta("a"), new byte[] {1});
            }
            batch.put(Family.QUEUE.index(), Keys.queue(1, 1, number), new byte[bytes]);
            batch.note(new GroupNote(number, durable).toBytes());
            engine.write(batch, false);
        }
        durable = sync ? number : durable;
        return this;
    }

    LogMaker groups(int count, boolean sync) {
        for (int i = 0; i < count; i++) {
            group(20, sync);
        }
        return this;
    }

    /** Puts the queues into a table and begins another log file; the one before is still needed for other rows. */
    LogMaker nextFile() {
        engine.flush(Family.QUEUE.index());
        return this;
    }

    LogMaker flush(Family family) {
        engine.flush(family.index());
        return this;
    }

    LogMaker checkpoint(Path copy) {
        engine.checkpoint(copy);
        return this;
    }

    /** What a crash now would leave of the files. */
    static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName().toString()));
            }
        }
    }

    static List<Path> logs(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(f -> f.toString().endsWith(".log")).sorted().toList();
        }
    }

    static Path lastLog(Path directory) throws IOException {
        List<Path> logs = logs(directory);
        return logs.get(logs.size() - 1);
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() {
        engine.close();
    }
}
