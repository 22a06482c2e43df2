package io.perdure.storage.engine;

import io.perdure.storage.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What can be said of a store's directory without RocksDB, which leaves traces (it renames its info log) even in a store
 * that it then refuses. Any thread.
 */
final class StoreDirectory {

    /**
     * Directories that this process writes. A file lock belongs to the whole process and goes as soon as the process
     * closes any handle of the file, so LOCK must not be touched while RocksDB holds it here. Guarded by itself.
     */
    private static final Set<Path> WRITTEN_HERE = new HashSet<>();

    private static final Pattern TABLE_OR_LOG = Pattern.compile("\\d{6,}\\.(sst|log)");

    /** What a start that was cut short may have left, and what a file system puts at its top. */
    private static final Pattern NOBODYS = Pattern.compile(
            "LOCK|BALLAST|LOG.*|IDENTITY|(MANIFEST|OPTIONS)-.*|.*\\.dbtmp|recovery-report\\.json(\\.tmp)?|lost\\+found|\\..*");

    private StoreDirectory() {}

    /**
     * Makes the directory if it is not there and claims it for this process.
     *
     * @return its real path; to be given to {@link #release}
     */
    static Path claim(Path directory) {
        Path real;
        try {
            if (!Files.exists(directory)) {
                Files.createDirectories(directory);
            }
            checkDirectory(directory);
            real = directory.toRealPath();
            if (!Files.exists(real.resolve("CURRENT"))) {
                DurableFiles.syncNames(real); // maybe made by a start that was cut short
            }
        } catch (IOException e) {
            throw new StoreException(
                    "the data directory " + directory + " can't be made (" + described(e)
                            + "); choose another --data, or make it for this user",
                    e);
        }
        if (!Files.isWritable(directory)) {
            throw new StoreException("the data directory " + directory
                    + " is not writable; change its permissions or choose another --data");
        }
        synchronized (WRITTEN_HERE) {
            if (isInUse(directory)) {
                throw inUse(directory);
            }
            WRITTEN_HERE.add(real);
        }
        return real;
    }

    /** Gives a claimed directory back; after RocksDB has let it go. */
    static void release(Path realDirectory) {
        synchronized (WRITTEN_HERE) {
            WRITTEN_HERE.remove(realDirectory);
        }
    }

    /** Whether some process writes to the store. */
    static boolean isInUse(Path directory) {
        synchronized (WRITTEN_HERE) {
            Path lockFile = directory.resolve("LOCK");
            try {
                if (WRITTEN_HERE.contains(directory.toRealPath())) {
                    return true;
                }
                if (!Files.exists(lockFile)) {
                    return false;
                }
                try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.READ);
                        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                    return lock == null;
                }
            } catch (IOException e) {
                throw new StoreException(
                        "the store in " + directory + " can't be read (" + described(e)
                                + "); run as the owner of its files, or choose another --data",
                        e);
            }
        }
    }

    /**
     * Whether there is a store, complete or not.
     *
     * @throws StoreException if there is one that RocksDB would take for none, and then start an empty one over it
     */
    static boolean holdsStore(Path directory) {
        if (Files.exists(directory.resolve("CURRENT"))) {
            return true;
        }
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> orphans = files.filter(f ->
                            TABLE_OR_LOG.matcher(f.getFileName().toString()).matches())
                    .toList();
            if (!orphans.isEmpty()) {
                throw damaged(
                        directory,
                        "the file CURRENT is missing, but there is "
                                + orphans.get(0).getFileName());
            }
            return false;
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Whether there are files in which a store may have rows. */
    static boolean hasTablesOrLogs(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(
                    f -> TABLE_OR_LOG.matcher(f.getFileName().toString()).matches());
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static StoreException unreadable(Path directory, IOException e) {
        return new StoreException(
                "the data directory " + directory + " can't be read (" + described(e)
                        + "); change its permissions or choose another --data",
                e);
    }

    /** Checks that a store may be made in a directory without one: its files would be mixed with somebody else's. */
    static void checkUnused(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> !NOBODYS.matcher(name).matches())
                    .sorted()
                    .findFirst()
                    .ifPresent(name -> {
                        throw new StoreException("the data directory " + directory
                                + " holds no store but other files, for example " + name
                                + "; choose an empty --data, or one that does not exist yet");
                    });
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    /** Checks that there is something to read. */
    static void checkHoldsStore(Path directory) {
        if (!Files.exists(directory)) {
            throw new StoreException("there is no store: " + directory + " does not exist; check --data");
        }
        checkDirectory(directory);
        if (!holdsStore(directory)) {
            throw new StoreException("there is no store in " + directory + "; check --data");
        }
    }

    static StoreException inUse(Path directory) {
        return new StoreException(
                StoreException.Kind.IN_USE,
                "the store in " + directory + " is in use by another broker; stop it or choose another --data");
    }

    static StoreException damaged(Path directory, String how) {
        return new StoreException(
                StoreException.Kind.DAMAGED,
                "the store in " + directory + " is damaged: " + how
                        + "; nothing was changed; restore it from a copy, or save what is readable with 'perdure repair'");
    }

    static StoreException foreign(Path directory, String why) {
        return new StoreException("what is in " + directory + " is not a Perdure store that this version can open: "
                + why + "; nothing was changed; choose another --data");
    }

    private static void checkDirectory(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new StoreException("the data directory " + directory + " is not a directory; choose another --data");
        }
    }

    private static String described(IOException e) {
        return e.getClass().getSimpleName() + ": " + Failures.oneLine(e);
    }
}
