package io.perdure.storage.ledger;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.EntryValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds shared bodies that no queue entry refers to any more; any thread.
 *
 * <p>Acknowledgements count no references. Instead all queues are scanned from time to time, in the background: what is
 * not seen is deleted. This is exact since a reference to a body is made only in the batch that stores it. A session that
 * never comes back keeps its own bodies and no others.
 */
final class BodySweeper {

    private static final int CHUNK_BITS = 1 << 16;

    /** Body ids in {@code [from, to)} that nothing refers to. */
    record Garbage(long from, long to) {}

    private final Engine engine;

    BodySweeper(Engine engine) {
        this.engine = engine;
    }

    /**
     * Finds garbage.
     *
     * @param below only bodies with lower ids, all of them committed when this is called
     */
    List<Garbage> find(long below) {
        if (engine.lastKey(Family.MESSAGE.index(), Keys.message(0), Keys.message(below)) == null) {
            return List.of();
        }
        Map<Long, long[]> marks = mark(below);
        List<Garbage> garbage = new ArrayList<>();
        long from = -1;
        long last = -1;
        try (Engine.Rows bodies = engine.scan(Family.MESSAGE.index(), Keys.message(0), Keys.message(below))) {
            while (bodies.next()) {
                long id = Keys.bodyId(bodies.key());
                boolean used = isMarked(marks, id);
                if (used && from >= 0) {
                    garbage.add(new Garbage(from, last + 1));
                    from = -1;
                } else if (!used && from < 0) {
                    from = id;
                }
                last = id;
            }
        }
        if (from >= 0) {
            garbage.add(new Garbage(from, last + 1));
        }
        return garbage;
    }

    private Map<Long, long[]> mark(long below) {
        Map<Long, long[]> marks = new HashMap<>();
        try (Engine.Rows entries = engine.scan(Family.QUEUE.index(), new byte[0], null)) {
            while (entries.next()) {
                long id = Values.parse(EntryValue.parser(), entries.value(), Family.QUEUE)
                        .getBodyId();
                if (id > 0 && id < below) {
                    long[] bits = marks.computeIfAbsent(id / CHUNK_BITS, c -> new long[CHUNK_BITS / 64]);
                    bits[(int) (id % CHUNK_BITS) / 64] |= 1L << (id % 64);
                }
            }
        }
        return marks;
    }

    private static boolean isMarked(Map<Long, long[]> marks, long id) {
        long[] bits = marks.get(id / CHUNK_BITS);
        return bits != null && (bits[(int) (id % CHUNK_BITS) / 64] & 1L << (id % 64)) != 0;
    }
}
