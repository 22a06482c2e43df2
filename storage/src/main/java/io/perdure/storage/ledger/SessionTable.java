package io.perdure.storage.ledger;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions, found by Client Identifier and by session id. Owned by the ledger's thread.
 *
 * <p>Two tables of references with linear probing, at most two thirds full: some 15 bytes for each session, where maps of
 * the library take over 100.
 */
final class SessionTable {

    private static final int MINIMUM_CAPACITY = 64;

    private @Nullable SessionState[] byClientId = new SessionState[MINIMUM_CAPACITY];
    private @Nullable SessionState[] byId = new SessionState[MINIMUM_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    @Nullable
    SessionState find(String clientId) {
        return byClientId[place(clientId)];
    }

    @Nullable
    SessionState find(long id) {
        return byId[place(id)];
    }

    /** Adds a session of which neither name is known. */
    void add(SessionState s) {
        if ((size + 1) * 3L > byId.length * 2L) {
            grow();
        }
        size++;
        byClientId[place(s.clientId)] = s;
        byId[place(s.id)] = s;
    }

    /** Removes a session; nothing happens if it is not there. */
    void remove(SessionState s) {
        int place = place(s.id);
        if (byId[place] != s) {
            return;
        }
        size--;
        close(byId, place, false);
        close(byClientId, place(s.clientId), true);
    }

    /** Each session that is there when this is called; {@code each} may remove it. */
    void forEach(Consumer<SessionState> each) {
        for (SessionState s : byId.clone()) {
            if (s != null) {
                each.accept(s);
            }
        }
    }

    /** Where the session is, or may be put. */
    private int place(String clientId) {
        int mask = byClientId.length - 1;
        int i = hash(clientId) & mask;
        for (SessionState s = byClientId[i]; s != null && !s.clientId.equals(clientId); s = byClientId[i]) {
            i = (i + 1) & mask;
        }
        return i;
    }

    private int place(long id) {
        int mask = byId.length - 1;
        int i = hash(id) & mask;
        for (SessionState s = byId[i]; s != null && s.id != id; s = byId[i]) {
            i = (i + 1) & mask;
        }
        return i;
    }

    /** Empties a place, and moves up what stands behind it and would not be found any more. */
    private static void close(@Nullable SessionState[] table, int place, boolean byName) {
        int mask = table.length - 1;
        int hole = place;
        int i = (hole + 1) & mask;
        for (SessionState s = table[i]; s != null; s = table[i]) {
            int wanted = (byName ? hash(s.clientId) : hash(s.id)) & mask;
            if (((i - wanted) & mask) >= ((i - hole) & mask)) {
                table[hole] = s;
                hole = i;
            }
            i = (i + 1) & mask;
        }
        table[hole] = null;
    }

    private void grow() {
        @Nullable SessionState[] before = byId;
        byId = new SessionState[before.length * 2];
        byClientId = new SessionState[before.length * 2];
        for (SessionState s : before) {
            if (s != null) {
                byClientId[place(s.clientId)] = s;
                byId[place(s.id)] = s;
            }
        }
    }

    private static int hash(String clientId) {
        return spread(clientId.hashCode());
    }

    private static int hash(long id) {
        return spread(Long.hashCode(id));
    }

    /** Neighbours and multiples of powers of two must not crowd. */
    private static int spread(int hash) {
        int h = hash * 0x9E3779B9;
        return h ^ h >>> 15;
    }
}
