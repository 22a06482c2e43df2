package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.MessageValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The bodies that several queues share: which are there, and which are used. A few bits for each. For one thread. */
final class Bodies {

    private static final int REMEMBERED = 1024;

    private final Engine engine;
    private final Tally tally;
    private final IdSet there = new IdSet();
    private final IdSet expiring = new IdSet();
    private final IdSet used = new IdSet();
    /** Of those that were asked for last. */
    private final Map<Long, Long> deadlines = new LinkedHashMap<>();

    private long greatestId;

    Bodies(Engine engine, Tally tally) {
        this.engine = engine;
        this.tally = tally;
    }

    /** Reads all of them. */
    void read() {
        try (RowCursor rows = new RowCursor(engine, Family.MESSAGE, hole -> tally.hole(Family.MESSAGE, hole))) {
            while (rows.next()) {
                tally.row(Family.MESSAGE, rows.key(), rows.value());
                String problem = KeyRules.problem(Family.MESSAGE, rows.key());
                if (problem == null) {
                    problem = add(Keys.bodyId(rows.key()), rows.value());
                }
                if (problem != null) {
                    tally.found(
                            new Finding.BadRow(Family.MESSAGE, null, Texts.key(Family.MESSAGE, rows.key()), problem));
                }
            }
        }
    }

    private @Nullable String add(long id, byte[] value) {
        greatestId = Math.max(greatestId, id);
        try {
            MessageValue body = Values.parse(MessageValue.parser(), value, Family.MESSAGE);
            if (body.getTopic().isEmpty()) {
                return "it has no Topic Name";
            }
            there.add(id);
            if (body.getExpiresAtMs() != 0) {
                expiring.add(id);
            }
            return null;
        } catch (StoreException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** Whether it is there; then it is used. */
    boolean use(long id) {
        return there.contains(id) && (used.contains(id) || used.add(id));
    }

    /** When it expires; 0 for never, or if that can't be read. */
    long deadlineMs(long id) {
        if (!expiring.contains(id)) {
            return 0;
        }
        Long known = deadlines.get(id);
        if (known != null) {
            return known;
        }
        long deadlineMs = readDeadline(id);
        if (deadlines.size() == REMEMBERED) {
            deadlines.clear();
        }
        deadlines.put(id, deadlineMs);
        return deadlineMs;
    }

    private long readDeadline(long id) {
        try {
            byte[] row = engine.get(Family.MESSAGE.index(), Keys.message(id));
            return row == null
                    ? 0
                    : Values.parse(MessageValue.parser(), row, Family.MESSAGE).getExpiresAtMs();
        } catch (StoreException e) {
            return 0;
        }
    }

    long greatestId() {
        return greatestId;
    }

    /** Reads them again, now that it is known which are used; if all are and nobody wants them, this is left out. */
    void sort(boolean wanted) {
        if (used.size() == there.size() && !wanted) {
            return;
        }
        try (RowCursor rows = new RowCursor(engine, Family.MESSAGE, hole -> {})) {
            while (rows.next()) {
                tally.step();
                if (rows.key().length != Long.BYTES) {
                    continue;
                }
                long id = Keys.bodyId(rows.key());
                if (used.contains(id)) {
                    tally.keep(Family.MESSAGE, rows.key(), rows.value());
                } else if (there.contains(id)) {
                    tally.garbage(Family.MESSAGE, rows.key(), rows.value());
                }
            }
        }
    }
}
