package io.perdure.storage.inspect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which files make up a store, by RocksDB's MANIFEST, read without RocksDB: a list of edits, each of which says what has
 * changed. Immutable once it is read.
 */
final class Manifest {

    private static final Pattern NAME = Pattern.compile("MANIFEST-\\d+");

    private static final int COMPARATOR = 1;
    private static final int LOG_NUMBER = 2;
    private static final int NEXT_FILE = 3;
    private static final int LAST_SEQUENCE = 4;
    private static final int COMPACT_CURSOR = 5;
    private static final int DELETED_FILE = 6;
    private static final int PREVIOUS_LOG = 9;
    private static final int LEAST_LOG = 10;
    private static final int NEW_FILE = 103;
    private static final int FAMILY = 200;
    private static final int FAMILY_ADDED = 201;
    private static final int FAMILY_DROPPED = 202;
    private static final int MOST_FAMILIES = 203;
    private static final int ATOMIC_GROUP = 300;
    /** Fields with this bit are a length and so many bytes, and may be skipped. */
    private static final int SKIPPABLE = 1 << 13;

    private static final int LAST_CUSTOM_FIELD = 1;

    /** A column family, and from where on the log has rows of it that are in no table. */
    private static final class FamilyState {
        private String name = "default";
        private long logNumber;
    }

    private final Map<Integer, FamilyState> families = new HashMap<>();
    private final Map<Long, Integer> tables = new TreeMap<>();
    /** For each number of a log that some family needed from there on: the last row when that was noted. */
    private final Map<Long, Long> sequences = new HashMap<>(Map.of(0L, 0L));

    private long leastLog;

    private long lastSequence;

    private final Path file;

    private Manifest(Path file) {
        this.file = file;
    }

    /**
     * Reads the one that is in use; null if it can't be read: RocksDB says why then.
     */
    static @Nullable Manifest read(Path directory) throws IOException {
        Path current = directory.resolve("CURRENT");
        if (!Files.isRegularFile(current)) {
            return null;
        }
        String name = new String(Files.readAllBytes(current), StandardCharsets.ISO_8859_1).strip();
        if (!NAME.matcher(name).matches() || !Files.isRegularFile(directory.resolve(name))) {
            return null;
        }
        Manifest manifest = new Manifest(directory.resolve(name));
        Bytes bytes = new Bytes();
        try (RecordFile file = new RecordFile(directory.resolve(name), 0)) {
            while (file.next(bytes)) {
                manifest.apply(ByteBuffer.wrap(bytes.content.toByteArray()));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
        return manifest.families.isEmpty() ? null : manifest;
    }

    /** Older logs are not needed any more: families without rows may stay behind. */
    long firstLog() {
        return Math.max(
                leastLog,
                families.values().stream().mapToLong(f -> f.logNumber).min().orElse(0));
    }

    /**
     * The last row that was in tables when {@link #firstLog} was noted; -1 if that is not known. A recovery puts all rows into
     * tables, and notes a number that is no file's yet: the log goes on after this row then.
     */
    long sequenceBeforeLogs() {
        return sequences.getOrDefault(firstLog(), -1L);
    }

    /**
     * Whether a recovery has noted where the log goes on for some families and not for all: what it noted last is missing. The
     * default family, which has no rows, is noted by recoveries only.
     */
    boolean isCutOffInARecovery() {
        FamilyState without = families.get(0);
        return without != null
                && without.logNumber == firstLog()
                && families.values().stream().anyMatch(f -> f.logNumber < without.logNumber);
    }

    /** Where it was read from. */
    Path file() {
        return file;
    }

    /** Whether the store has been in use, so that there must be a log. */
    boolean hasFamilies() {
        return families.size() > 1;
    }

    /** The column family that a table belongs to; null if the store does not need the table. */
    @Nullable
    String familyOfTable(long number) {
        FamilyState family = families.get(tables.getOrDefault(number, -1));
        return family == null ? null : family.name;
    }

    private void apply(ByteBuffer edit) {
        int family = 0;
        long logNumber = -1;
        long least = leastLog;
        String added = null;
        boolean dropped = false;
        Map<Long, Boolean> changed = new TreeMap<>();
        while (edit.hasRemaining()) {
            int tag = (int) varint(edit);
            switch (tag) {
                case COMPARATOR -> string(edit);
                case LOG_NUMBER -> logNumber = varint(edit);
                case LAST_SEQUENCE -> lastSequence = varint(edit);
                case NEXT_FILE, PREVIOUS_LOG, MOST_FAMILIES, ATOMIC_GROUP -> varint(edit);
                case LEAST_LOG -> least = Math.max(least, varint(edit));
                case COMPACT_CURSOR -> {
                    varint(edit);
                    string(edit);
                }
                case DELETED_FILE -> {
                    varint(edit);
                    changed.putIfAbsent(varint(edit), false);
                }
                case NEW_FILE -> changed.put(newFile(edit), true);
                case FAMILY -> family = (int) varint(edit);
                case FAMILY_ADDED -> added = new String(string(edit), StandardCharsets.UTF_8);
                case FAMILY_DROPPED -> dropped = true;
                default -> {
                    if ((tag & SKIPPABLE) == 0) {
                        throw new IllegalArgumentException("unknown field " + tag);
                    }
                    string(edit);
                }
            }
        }
        leastLog = least;
        if (dropped) {
            families.remove(family);
            return;
        }
        FamilyState state = families.computeIfAbsent(family, f -> new FamilyState());
        state.name = added == null ? state.name : added;
        if (logNumber > state.logNumber) {
            state.logNumber = logNumber;
            sequences.merge(logNumber, lastSequence, Math::max);
        }
        int owner = family;
        changed.forEach((table, there) -> {
            if (there) {
                tables.put(table, owner);
            } else {
                tables.remove(table);
            }
        });
    }

    /** The number of a table that was added. */
    private static long newFile(ByteBuffer edit) {
        varint(edit); // level
        long number = varint(edit);
        varint(edit); // size
        string(edit); // least key
        string(edit); // greatest key
        varint(edit); // least sequence
        varint(edit); // greatest sequence
        for (int field = (int) varint(edit); field != LAST_CUSTOM_FIELD; field = (int) varint(edit)) {
            string(edit);
        }
        return number;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }

    private static byte[] string(ByteBuffer in) {
        int length = (int) varint(in);
        if (length < 0 || length > in.remaining()) {
            throw new IllegalArgumentException("a string is too long");
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    /** The whole payload of a record. */
    private static final class Bytes implements RecordFile.Sink {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        @Override
        public void begin() {
            content.reset();
        }

        @Override
        public void piece(byte[] bytes, int offset, int length) {
            content.write(bytes, offset, length);
        }
    }
}
