package io.perdure.recovery.power;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a disk's files and names is on the device for sure, and what may be.
 *
 * <p>A name that is made, changed or removed is durable after a sync of its directory that began later, and only then: a
 * sync of the file is not enough. Of the changes of a directory that no sync has covered, the first few are there and the
 * rest are not, as with every file system that has a journal. A file's content is durable by a sync of the file, and does
 * not depend on that of other files or on names.
 */
final class DiskState {

    /** A directory's inode in {@link #names}. */
    private static final long DIRECTORY = -1;

    private final Path root;
    private final Map<String, Long> names = new TreeMap<>();
    private final Map<Long, FileContent> contents = new HashMap<>();
    private final Map<String, Long> directorySyncs = new HashMap<>();
    private List<Note> notes = List.of();
    private int tables;

    private DiskState(Path root) {
        this.root = root;
    }

    /** A disk with all that is there now on the device. */
    static DiskState of(Path root) throws IOException {
        DiskState state = new DiskState(root);
        for (Path path : listed(root)) {
            long inode = Files.isDirectory(path) ? DIRECTORY : inode(path);
            state.names.put(path.toString(), inode);
            if (inode != DIRECTORY) {
                state.contents.put(inode, new FileContent(Files.size(path)));
            }
        }
        return state;
    }

    /** All below a directory, parents first. */
    static List<Path> listed(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.skip(1).sorted().toList();
        }
    }

    static long inode(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:ino")).longValue();
    }

    /** Takes in what was done since. */
    void replay(List<Note> done) {
        notes = done;
        for (int i = 0; i < notes.size(); i++) {
            replay(i, notes.get(i));
        }
    }

    private void replay(int index, Note note) {
        switch (note.kind()) {
            case OPENED -> {
                if (note.b() == Note.MADE) {
                    contents.put(note.inode(), new FileContent(0));
                    tables += note.path().endsWith(".sst") ? 1 : 0;
                } else if (note.b() == Note.CUT) {
                    content(note).truncated(index, 0);
                }
            }
            case WRITTEN -> content(note).written(index, note.a(), note.b());
            case TRUNCATED -> content(note).truncated(index, note.a());
            case SYNCED -> {
                FileContent content = contents.get(note.inode());
                if (content != null) {
                    content.synced(note.a());
                } else {
                    directorySyncs.merge(note.path(), note.a(), Math::max);
                }
            }
            case LINKED -> contents.computeIfAbsent(note.inode(), inode -> new FileContent(note.a()));
            case MAPPED ->
                throw new IllegalStateException(note.path() + " is mapped for writing: not seen by the shim");
            case RENAMED, UNLINKED, DIRECTORY_MADE, DIRECTORY_REMOVED -> {}
        }
    }

    private FileContent content(Note note) {
        FileContent content = contents.get(note.inode());
        if (content == null) {
            throw new IllegalStateException("not opened for writing before: " + note);
        }
        return content;
    }

    /** How much of a file is on the device for sure. */
    long durableBytes(long inode) {
        FileContent content = contents.get(inode);
        return content == null ? 0 : content.durableBytes();
    }

    /** How many tables were made. */
    int tables() {
        return tables;
    }

    /**
     * What is left of the names.
     *
     * @param inodes the files, by name, parents first; null for a directory
     * @param undone how many changes are not there
     */
    record Names(Map<String, @Nullable Long> inodes, int undone) {}

    /** Chooses what is left of the names when the power is cut. */
    Names names(SplittableRandom random) {
        Map<String, Integer> open = new HashMap<>();
        for (int i = 0; i < notes.size(); i++) {
            if (isPending(i)) {
                open.merge(directory(notes.get(i)), 1, Integer::sum);
            }
        }
        Map<String, Integer> kept = new TreeMap<>(open);
        kept.replaceAll((directory, count) ->
                random.nextBoolean() ? random.nextInt(count + 1) : random.nextBoolean() ? 0 : count);
        int undone = 0;
        Map<String, Long> left = new TreeMap<>(names);
        for (int i = 0; i < notes.size(); i++) {
            if (isPending(i) && kept.merge(directory(notes.get(i)), -1, Integer::sum) < 0) {
                undone++;
            } else {
                apply(notes.get(i), left);
            }
        }
        Map<String, @Nullable Long> result = new TreeMap<>();
        left.forEach((path, inode) -> {
            String parent = parent(path);
            if (parent.equals(root.toString()) || result.containsKey(parent)) {
                result.put(path, inode == DIRECTORY ? null : inode);
            }
        });
        return new Names(result, undone);
    }

    /** Whether a note is a change of a name that no sync has covered. */
    private boolean isPending(int index) {
        Note note = notes.get(index);
        return changesName(note) && index >= directorySyncs.getOrDefault(directory(note), 0L);
    }

    private static boolean changesName(Note note) {
        return switch (note.kind()) {
            case OPENED -> note.b() == Note.MADE;
            case RENAMED, UNLINKED, LINKED, DIRECTORY_MADE, DIRECTORY_REMOVED -> true;
            case WRITTEN, SYNCED, TRUNCATED, MAPPED -> false;
        };
    }

    private static void apply(Note note, Map<String, Long> names) {
        if (!changesName(note)) {
            return;
        }
        switch (note.kind()) {
            case OPENED -> names.put(note.path(), note.inode());
            case LINKED -> names.put(note.second(), note.inode());
            case UNLINKED, DIRECTORY_REMOVED -> names.remove(note.path());
            case DIRECTORY_MADE -> names.put(note.path(), DIRECTORY);
            default -> {
                names.remove(note.path());
                names.put(note.second(), note.inode());
            }
        }
    }

    /** Where the name is that a note changes. */
    private static String directory(Note note) {
        String directory = parent(note.path());
        return switch (note.kind()) {
            case LINKED -> parent(note.second());
            case RENAMED -> {
                if (!directory.equals(parent(note.second()))) {
                    throw new IllegalStateException("renamed to another directory: " + note);
                }
                yield directory;
            }
            default -> directory;
        };
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }
}
