package io.perdure.recovery.sync;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A note of the shim.
 *
 * @param sequence the global order
 * @param number offset of a file write; 1 for a sync that succeeded; port of the peer of a socket write that begins;
 *     bytes written by one that ends
 * @param path of a file
 * @param data what was written
 */
record Note(long sequence, Kind kind, int fd, long number, String path, byte[] data) {

    /** In the order of the shim's numbers, from 1. */
    enum Kind {
        FILE_WRITTEN,
        SYNC_BEGINS,
        SYNC_ENDS,
        SOCKET_BEGINS,
        SOCKET_ENDS
    }

    private static final int HEAD_BYTES = 32;

    /** All notes of a file, in order. The last one may be cut off. */
    static List<Note> read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        List<Note> notes = new ArrayList<>();
        while (bytes.remaining() >= HEAD_BYTES) {
            long sequence = bytes.getLong();
            Kind kind = Kind.values()[bytes.getInt() - 1];
            int fd = bytes.getInt();
            long number = bytes.getLong();
            byte[] path = new byte[bytes.getInt()];
            byte[] data = new byte[bytes.getInt()];
            if (bytes.remaining() < path.length + data.length) {
                break;
            }
            bytes.get(path).get(data);
            notes.add(new Note(sequence, kind, fd, number, new String(path, StandardCharsets.UTF_8), data));
        }
        notes.sort(Comparator.comparingLong(Note::sequence));
        return notes;
    }
}
