package io.perdure.recovery.power;

import io.perdure.recovery.crash.Aftermath;
import io.perdure.recovery.crash.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the power whenever a broker dies: its disk is left with what was synced, and with parts of what was not. Between
 * the lives there are brokers that die at any operation of their start.
 */
final class PowerCut implements Aftermath {

    private static final int SLOT = 0;
    private static final int DOOMED = 2;

    /** What a start takes, roughly, without RocksDB's info log, on which nothing depends. */
    private static final int OPERATIONS = 70;

    private static final long START_MS = 4_000;

    /** Files but RocksDB's info log and lock. */
    static final String NOT_INFO_LOG = "[!L]*";

    static final Operation[] CHANGES = {
        Operation.CREATE,
        Operation.WRITE,
        Operation.SYNC,
        Operation.SYNC_DIRECTORY,
        Operation.TRUNCATE,
        Operation.RENAME,
        Operation.UNLINK,
        Operation.MAKE_DIRECTORY
    };

    private final DiskShim disk;
    private final SplittableRandom random;
    private final Scramble scramble;
    private @Nullable DiskState state;
    private int cuts;
    private int inStarts;
    private int undone;
    private int tables;

    PowerCut(DiskShim disk, long seed) {
        this.disk = disk;
        this.random = new SplittableRandom(seed);
        this.scramble = new Scramble(random.split());
    }

    @Override
    public Launch prepare(Launch launch) throws IOException {
        disk.disarm(SLOT);
        Files.deleteIfExists(disk.notes());
        for (Path file : DiskState.listed(disk.kept())) {
            Files.delete(file);
        }
        state = DiskState.of(disk.root());
        return disk.into(launch);
    }

    @Override
    public Launch prepareDoomed(Launch launch, SplittableRandom moment) throws IOException {
        Launch prepared = prepare(launch);
        disk.arm(SLOT, Fault.always(Fault.KILL, NOT_INFO_LOG, CHANGES).after(moment.nextInt(OPERATIONS)));
        return prepared;
    }

    @Override
    public long doomedLifeMs(SplittableRandom moment) {
        return START_MS;
    }

    @Override
    public int doomed(int cycle) {
        return DOOMED;
    }

    @Override
    public void brokerDied() throws IOException {
        DiskState before = state;
        if (before == null) {
            throw new IllegalStateException("no broker was started");
        }
        inStarts += disk.hits(SLOT) > 0 ? 1 : 0;
        cut(before);
    }

    private void cut(DiskState left) throws IOException {
        cuts++;
        left.replay(Files.exists(disk.notes()) ? Note.read(disk.notes()) : List.of());
        tables += left.tables();
        DiskState.Names names = left.names(random);
        undone += names.undone();
        Map<Long, Path> files = filesByInode();
        Path image = Files.createDirectory(disk.root().resolveSibling("image"));
        for (Map.Entry<String, @Nullable Long> name : names.inodes().entrySet()) {
            Path target = image.resolve(disk.root().relativize(Path.of(name.getKey())));
            Long inode = name.getValue();
            if (inode == null) {
                Files.createDirectory(target);
                continue;
            }
            Path content = files.get(inode);
            if (content == null) {
                throw new IllegalStateException("the content of " + name.getKey() + " was not kept");
            }
            Files.createLink(target, content);
            scramble.apply(target, left.durableBytes(inode), !isList(target));
        }
        removeAll(disk.root());
        Files.move(image, disk.root());
    }

    /** RocksDB's list of its tables, which it can read only up to a clean cut. */
    private static boolean isList(Path file) {
        return file.getFileName().toString().startsWith("MANIFEST-");
    }

    private Map<Long, Path> filesByInode() throws IOException {
        Map<Long, Path> files = new HashMap<>();
        for (Path directory : List.of(disk.root(), disk.kept())) {
            for (Path path : DiskState.listed(directory)) {
                if (Files.isRegularFile(path)) {
                    files.put(DiskState.inode(path), path);
                }
            }
        }
        return files;
    }

    private static void removeAll(Path directory) throws IOException {
        List<Path> paths = new ArrayList<>(DiskState.listed(directory));
        Collections.reverse(paths);
        for (Path path : paths) {
            Files.delete(path);
        }
        Files.delete(directory);
    }

    /** What it has done so far, and all that a run should have seen. */
    Map<String, Long> tally() {
        return new TreeMap<>(Map.of(
                "cuts", (long) cuts,
                "cuts at an operation of a start", (long) inStarts,
                "changes of names undone", (long) undone,
                "bytes lost", scramble.lostBytes(),
                "bytes scrambled", scramble.scrambledBytes(),
                "tables written", (long) tables));
    }
}
