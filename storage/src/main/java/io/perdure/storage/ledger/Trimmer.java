package io.perdure.storage.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * Deletes queue rows behind the heads of their sessions, for all sessions at once and seldom: a range delete for each
 * acknowledgement would make every later read slow. Owned by the ledger's thread.
 */
final class Trimmer {

    private List<SessionState> listed = new ArrayList<>();
    private long trimmedEntries;

    /** Told of what was trimmed. */
    interface Trimmed {
        void below(SessionState s, long sequence);
    }

    /** The head of the session may have moved. */
    void offer(SessionState s) {
        if (!s.trimListed && s.queueStored && s.cursor.head() > s.trimmedTo) {
            s.trimListed = true;
            listed.add(s);
        }
    }

    boolean isIdle() {
        return listed.isEmpty();
    }

    /** Adds the deletions to the group. */
    void trim(Rows rows, Trimmed trimmed) {
        List<SessionState> sessions = listed;
        listed = new ArrayList<>();
        for (SessionState s : sessions) {
            s.trimListed = false;
            if (!s.ended && !trim(s, rows, trimmed)) {
                s.trimListed = true;
                listed.add(s);
            }
        }
    }

    /** Whether nothing is left for later. */
    private boolean trim(SessionState s, Rows rows, Trimmed trimmed) {
        long head = s.cursor.head();
        long entries = head - s.trimmedTo;
        if (entries < Rows.RANGE_ENTRIES && head != s.tail) {
            return false;
        }
        rows.removeEntries(s, s.trimmedTo, head);
        trimmedEntries += entries;
        s.trimmedTo = head;
        trimmed.below(s, head);
        return true;
    }

    /** Entries trimmed since the last call. */
    long takeTrimmedEntries() {
        long n = trimmedEntries;
        trimmedEntries = 0;
        return n;
    }
}
