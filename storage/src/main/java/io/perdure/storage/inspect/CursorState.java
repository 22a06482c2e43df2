package io.perdure.storage.inspect;

import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.ReleasedValue;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** How far the consumer of one queue is. Its size is that of what is finished beyond the head, a bit for each. */
final class CursorState {

    private static final int PAGE = 1024;

    private long head;
    private long sentLimit;
    private final Map<Long, byte[]> finishedPages = new HashMap<>();
    private final Set<Long> released = new HashSet<>();

    private CursorState() {}

    /** Reads the cursor of a session; of one that has none all is waiting. */
    static CursorState read(Follower cursors, byte[] sessionPrefix) {
        CursorState state = new CursorState();
        boolean more = cursors.seek(sessionPrefix);
        while (more && cursors.within(sessionPrefix)) {
            state.row(cursors.key(), cursors.value());
            more = cursors.next();
        }
        return state;
    }

    private void row(byte[] key, byte[] value) {
        switch (Keys.cursorKind(key)) {
            case Keys.CURSOR_POSITION -> {
                CursorValue position = Values.parse(CursorValue.parser(), value, Family.CURSOR);
                head = position.getHead();
                sentLimit = position.getSentLimit();
            }
            case Keys.CURSOR_FINISHED -> {
                FinishedValue page = Values.parse(FinishedValue.parser(), value, Family.CURSOR);
                finishedPages.put(Keys.cursorNumber(key), page.getBits().toByteArray());
            }
            case Keys.CURSOR_RELEASED ->
                released.addAll(Values.parse(ReleasedValue.parser(), value, Family.CURSOR)
                        .getSequencesList());
            default -> throw Damage.of("a cursor of unknown kind " + Keys.cursorKind(key));
        }
    }

    /** All sequences below are finished. */
    long head() {
        return head;
    }

    /** Sequences below may have been sent. */
    long sentLimit() {
        return sentLimit;
    }

    boolean finished(long sequence) {
        if (sequence < head) {
            return true;
        }
        byte[] bits = finishedPages.get(sequence / PAGE);
        int bit = (int) (sequence % PAGE);
        return bits != null && bit / 8 < bits.length && (bits[bit / 8] & 1 << bit % 8) != 0;
    }

    QueueEntryView.Step step(long sequence) {
        if (sequence >= sentLimit) {
            return QueueEntryView.Step.WAITING;
        }
        return released.contains(sequence) ? QueueEntryView.Step.RELEASED : QueueEntryView.Step.SENT;
    }
}
