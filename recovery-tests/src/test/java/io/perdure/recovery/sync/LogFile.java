package io.perdure.recovery.sync;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One log file as it was written: its content, when each part was written, and when it was synced. Records are in
 * RocksDB's layout: blocks of 32 KiB; in them pieces of checksum (4 bytes), length (2), type (1) and payload; a record
 * is one full piece, or a first, some middle and a last one.
 */
final class LogFile {

    /** A record of the log, which is one atomic batch. */
    record Entry(byte[] payload, int endOffset) {}

    private record Written(long sequence, int from, int to) {}

    private record Sync(long begins, long ends) {}

    private static final int BLOCK = 32_768;
    private static final int HEAD = 7;
    private static final int FULL = 1;
    private static final int LAST = 4;

    private final List<Written> writes = new ArrayList<>();
    private final List<Sync> syncs = new ArrayList<>();
    private byte[] content = new byte[0];
    private long syncBegan;

    /** Notes of this file, in order. */
    void add(Note note) {
        switch (note.kind()) {
            case FILE_WRITTEN -> {
                int from = (int) note.number();
                int to = from + note.data().length;
                if (to > content.length) {
                    content = Arrays.copyOf(content, Math.max(to, content.length * 2));
                }
                System.arraycopy(note.data(), 0, content, from, note.data().length);
                writes.add(new Written(note.sequence(), from, to));
            }
            case SYNC_BEGINS -> syncBegan = note.sequence();
            case SYNC_ENDS -> {
                if (note.number() == 1) {
                    syncs.add(new Sync(syncBegan, note.sequence()));
                }
            }
            case SOCKET_BEGINS, SOCKET_ENDS -> throw new IllegalArgumentException(note.toString());
        }
    }

    /** When all bytes below an offset were on the device: the end of the first sync that began after their writes. */
    long durableAt(int endOffset) {
        long written = 0;
        for (Written write : writes) {
            if (write.from() < endOffset) {
                written = Math.max(written, write.sequence());
            }
        }
        for (Sync sync : syncs) {
            if (sync.begins() > written) {
                return sync.ends();
            }
        }
        return Long.MAX_VALUE;
    }

    /** Number of syncs. */
    int syncCount() {
        return syncs.size();
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        int at = 0;
        while (at + HEAD <= content.length) {
            int leftInBlock = BLOCK - at % BLOCK;
            if (leftInBlock < HEAD) {
                at += leftInBlock;
                continue;
            }
            int length = bytes.getShort(at + 4) & 0xFFFF;
            int type = content[at + 6];
            if (type == 0 || at + HEAD + length > content.length) {
                break;
            }
            record.write(content, at + HEAD, length);
            at += HEAD + length;
            if (type == FULL || type == LAST || type > LAST) {
                entries.add(new Entry(record.toByteArray(), at));
                record.reset();
            }
        }
        return entries;
    }
}
