package io.perdure.recovery.power;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A note of the library: what was done to a file or directory.
 *
 * @param a what {@link Kind} says
 * @param b what {@link Kind} says
 * @param second path, of two
 */
record Note(Kind kind, long inode, long a, long b, String path, String second) {

    /** In the order of the library's numbers, from 1. */
    enum Kind {
        /** For writing; {@code b}: 1 it was made, 2 it was cut to nothing. */
        OPENED,
        /** {@code a}: offset, {@code b}: length. */
        WRITTEN,
        /** A file or a directory. {@code a}: number of notes when the sync began. */
        SYNCED,
        /** {@code a}: size. */
        TRUNCATED,
        RENAMED,
        UNLINKED,
        LINKED,
        DIRECTORY_MADE,
        DIRECTORY_REMOVED,
        /** For writing, so that writes are not seen. */
        MAPPED
    }

    static final int MADE = 1;
    static final int CUT = 2;

    private static final int HEAD_BYTES = 40;

    /** All notes of a file, in order. The last one may be cut off. */
    static List<Note> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        List<Note> notes = new ArrayList<>();
        while (bytes.remaining() >= HEAD_BYTES) {
            Kind kind = Kind.values()[bytes.getInt() - 1];
            byte[] path = new byte[bytes.getInt()];
            byte[] second = new byte[bytes.getInt()];
            bytes.getInt();
            long inode = bytes.getLong();
            long a = bytes.getLong();
            long b = bytes.getLong();
            if (bytes.remaining() < path.length + second.length) {
                break;
            }
            bytes.get(path).get(second);
            notes.add(new Note(kind, inode, a, b, text(path), text(second)));
        }
        return notes;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
