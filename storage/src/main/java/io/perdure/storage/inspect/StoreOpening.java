package io.perdure.storage.inspect;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.engine.RocksEngine;
import io.perdure.storage.format.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * How a store is opened for reading.
 *
 * <p>It is done on a thread of its own and given up after a time, since reading the log of a running broker has been seen
 * never to end.
 */
final class StoreOpening {

    private static final long TIMEOUT_MS = 60_000;

    private StoreOpening() {}

    /** @param temporary where a directory for files of its own is made, if it needs one */
    static StoreReader open(Path directory, Path temporary) {
        return inTime(directory, () -> StoreReader.of(attempt(directory, temporary)), TIMEOUT_MS);
    }

    static OpenStore openRows(Path directory, Path temporary) {
        return inTime(directory, () -> attempt(directory, temporary).withLogScanned(), TIMEOUT_MS);
    }

    static OpenStore openDamaged(Path directory, Path temporary) {
        if (RocksEngine.isInUse(directory)) {
            throw new StoreException(
                    StoreException.Kind.IN_USE, "the store in " + directory + " is in use by a broker; stop it first");
        }
        List<String> lost = new ArrayList<>();
        try {
            Engine engine = RocksEngine.openReadOnly(directory, Family.all());
            return stopped(engine, directory, () -> {}, lost).withLogScanned();
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.IN_USE || !RocksEngine.hasTablesOrLogs(directory)) {
                throw e;
            }
            lost.add(String.valueOf(
                    e.getCause() == null ? e.getMessage() : e.getCause().getMessage()));
        }
        try {
            Engine engine = RocksEngine.openDamaged(directory, Family.all(), true);
            return stopped(engine, directory, () -> {}, lost).withLogScanned();
        } catch (StoreException e) {
            return tables(directory, temporary, lost);
        }
    }

    private static OpenStore tables(Path directory, Path temporary, List<String> lost) {
        Path own = temporaryDirectory(temporary);
        boolean done = false;
        try {
            Engine engine = RocksEngine.openTables(directory, own, Family.all(), lost::add);
            done = true;
            return stopped(engine, directory, () -> remove(own), lost);
        } finally {
            if (!done) {
                remove(own);
            }
        }
    }

    private static OpenStore stopped(Engine engine, Path directory, Runnable afterClose, List<String> lost) {
        return new OpenStore(engine, directory, StoreInfo.Mode.STOPPED, System.currentTimeMillis(), afterClose, lost);
    }

    private static OpenStore attempt(Path directory, Path temporary) {
        if (!RocksEngine.isInUse(directory)) {
            Engine engine = RocksEngine.openReadOnly(directory, Family.all());
            return new OpenStore(engine, directory, StoreInfo.Mode.STOPPED, System.currentTimeMillis(), () -> {});
        }
        Path own = temporaryDirectory(temporary);
        boolean done = false;
        try {
            Engine engine = RocksEngine.openSecondary(directory, own, Family.all());
            done = true;
            return new OpenStore(engine, directory, StoreInfo.Mode.LIVE, System.currentTimeMillis(), () -> remove(own));
        } finally {
            if (!done) {
                remove(own);
            }
        }
    }

    /** Runs a task; if it takes too long its thread is left behind, which does not keep the process alive. */
    static <T> T inTime(Path directory, Callable<T> task, long timeoutMs) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(task.call());
                    } catch (Throwable failure) {
                        result.completeExceptionally(failure);
                    }
                },
                "store-opening");
        thread.setDaemon(true);
        thread.start();
        try {
            return result.get(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw new StoreException("the store in " + directory + " can't be opened: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new StoreException(
                    "the store in " + directory + " did not open within " + timeoutMs / 1000 + " s; try again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("interrupted while opening the store in " + directory, e);
        }
    }

    private static Path temporaryDirectory(Path parent) {
        try {
            return Files.createTempDirectory(parent, "perdure-reader-");
        } catch (IOException e) {
            throw new StoreException(
                    "no directory for temporary files can be made (" + e.getMessage()
                            + "): choose another with -Djava.io.tmpdir=DIR",
                    e);
        }
    }

    private static void remove(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new StoreException("temporary files are left in " + directory + ": " + e.getMessage(), e);
        }
    }
}
