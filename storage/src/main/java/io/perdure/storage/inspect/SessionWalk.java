package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.SessionValue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All sessions, or one, in the order of the keys of what they hold: by slot, then by session id.
 *
 * <p>Holds the session rows of one slot at a time, which is one in 4096 of all.
 */
final class SessionWalk implements AutoCloseable {

    /** A row of the session family. */
    record Row(int slot, String clientId, SessionValue value) {

        long sessionId() {
            return value.getSessionId();
        }

        byte[] prefix() {
            return Keys.sessionPrefix(slot, sessionId());
        }
    }

    private final Engine.Rows rows;
    private final Deque<Row> slot = new ArrayDeque<>();
    private @Nullable Row ahead;
    private boolean started;

    /** @param clientId null for all sessions */
    SessionWalk(Engine engine, @Nullable String clientId) {
        byte[] lower = {};
        byte[] upper = null;
        if (clientId != null) {
            lower = Keys.session(Keys.slot(clientId), clientId);
            upper = Arrays.copyOf(lower, lower.length + 1);
        }
        rows = engine.scan(Family.SESSION.index(), lower, upper);
    }

    /** The next session, null at the end. */
    @Nullable
    Row next() {
        if (slot.isEmpty()) {
            loadSlot();
        }
        return slot.poll();
    }

    private void loadSlot() {
        if (!started) {
            started = true;
            ahead = read();
        }
        Row first = ahead;
        if (first == null) {
            return;
        }
        List<Row> loaded = new ArrayList<>();
        Row row = first;
        while (row != null && row.slot() == first.slot()) {
            loaded.add(row);
            row = read();
        }
        ahead = row;
        loaded.sort(Comparator.comparing(Row::sessionId, Long::compareUnsigned));
        slot.addAll(loaded);
    }

    private @Nullable Row read() {
        if (!rows.next()) {
            return null;
        }
        byte[] key = rows.key();
        int slotNumber = (key[0] & 0xff) << 8 | (key[1] & 0xff);
        return new Row(
                slotNumber, Keys.clientId(key), Values.parse(SessionValue.parser(), rows.value(), Family.SESSION));
    }

    @Override
    public void close() {
        rows.close();
    }
}
