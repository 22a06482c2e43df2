package io.perdure.storage.check;

import io.perdure.storage.StoreException;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.SessionValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in the order of the keys of what they hold: by slot, then by session id. Holds those of one slot at a time,
 * and a bit for each session. For one thread.
 */
final class SessionRows implements AutoCloseable {

    private final Tally tally;
    private final RowCursor rows;
    private final IdSet ids = new IdSet();
    private final Deque<SessionRow> slot = new ArrayDeque<>();
    private @Nullable SessionRow ahead;
    private long greatestId;

    SessionRows(Engine engine, Tally tally) {
        this.tally = tally;
        rows = new RowCursor(engine, Family.SESSION, hole -> tally.hole(Family.SESSION, hole));
        ahead = read();
    }

    /** The next session, null at the end. */
    @Nullable
    SessionRow next() {
        if (slot.isEmpty() && ahead != null) {
            loadSlot(ahead);
        }
        return slot.poll();
    }

    /** The greatest session id so far. */
    long greatestId() {
        return greatestId;
    }

    private void loadSlot(SessionRow first) {
        List<SessionRow> loaded = new ArrayList<>();
        SessionRow row = first;
        while (row != null && row.slot() == first.slot()) {
            loaded.add(row);
            row = read();
        }
        ahead = row;
        loaded.sort(Comparator.comparing(SessionRow::sessionId));
        slot.addAll(loaded);
    }

    /** The next row that makes sense. */
    private @Nullable SessionRow read() {
        while (rows.next()) {
            byte[] key = rows.key();
            tally.row(Family.SESSION, key, rows.value());
            String problem = KeyRules.problem(Family.SESSION, key);
            if (problem != null) {
                tally.found(new Finding.BadRow(Family.SESSION, null, Texts.key(Family.SESSION, key), problem));
                continue;
            }
            String clientId = Keys.clientId(key);
            try {
                SessionValue value = Values.parse(SessionValue.parser(), rows.value(), Family.SESSION);
                problem = problem(value);
                if (problem == null) {
                    return new SessionRow(clientId, key, value);
                }
            } catch (StoreException e) {
                problem = String.valueOf(e.getMessage());
            }
            tally.found(new Finding.BadRow(Family.SESSION, clientId, "session", problem));
        }
        return null;
    }

    private @Nullable String problem(SessionValue value) {
        long id = value.getSessionId();
        if (id <= 0) {
            return "it has no session id";
        }
        greatestId = Math.max(greatestId, id);
        return ids.add(id) ? null : "another session has its id, " + id;
    }

    @Override
    public void close() {
        rows.close();
    }
}
