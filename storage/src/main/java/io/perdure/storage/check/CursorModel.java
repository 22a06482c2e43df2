package io.perdure.storage.check;

import com.google.protobuf.ByteString;
import io.perdure.storage.StoreException;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.CursorValue;
import io.perdure.storage.format.proto.FinishedValue;
import io.perdure.storage.format.proto.ReleasedValue;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The cursor of one session, as far as its rows tell, and as it should be. For one thread. */
final class CursorModel {

    private static final int PAGE = 1024;
    private static final int PAGE_BYTES = PAGE / 8;

    /** What a repair writes. */
    record Row(byte[] key, byte[] value) {}

    private final SessionRow session;
    private final List<Row> rows = new ArrayList<>();
    private final TreeMap<Long, byte[]> pages = new TreeMap<>();
    private final Set<Long> released = new HashSet<>();
    private final List<Row> chunks = new ArrayList<>();
    private boolean positioned;
    private boolean changed;
    private long head = 1;
    private long sentLimit = 1;

    CursorModel(SessionRow session) {
        this.session = session;
    }

    /** Takes a row; says what is wrong with it, or null. */
    @Nullable
    String add(byte[] key, byte[] value) {
        rows.add(new Row(key, value));
        try {
            return switch (Keys.cursorKind(key)) {
                case Keys.CURSOR_POSITION -> position(value);
                case Keys.CURSOR_FINISHED -> page(Keys.cursorNumber(key), value);
                default -> chunk(key, value);
            };
        } catch (StoreException e) {
            changed = true;
            return e.getMessage();
        }
    }

    private @Nullable String position(byte[] value) {
        CursorValue v = Values.parse(CursorValue.parser(), value, Family.CURSOR);
        if (v.getHead() < 1 || v.getSentLimit() < 1) {
            changed = true;
            return "the head is " + v.getHead() + ", the limit of what was sent " + v.getSentLimit();
        }
        positioned = true;
        head = v.getHead();
        sentLimit = v.getSentLimit();
        return null;
    }

    private @Nullable String page(long number, byte[] value) {
        byte[] bits = Values.parse(FinishedValue.parser(), value, Family.CURSOR)
                .getBits()
                .toByteArray();
        if (bits.length != PAGE_BYTES) {
            changed = true;
            return "the page has " + Texts.count(bits.length, "byte");
        }
        if (number < head / PAGE) {
            changed = true;
            return "the page is below the head, " + head;
        }
        pages.put(number, bits);
        return null;
    }

    private @Nullable String chunk(byte[] key, byte[] value) {
        ReleasedValue v = Values.parse(ReleasedValue.parser(), value, Family.CURSOR);
        chunks.add(new Row(key, value));
        for (long sequence : v.getSequencesList()) {
            if (!isFinished(sequence)) {
                released.add(sequence);
            }
        }
        return null;
    }

    /** To be called after all rows; says what does not fit together, or null. */
    @Nullable
    String problem() {
        if (!positioned) {
            return session.outlivesConnections() ? "it is not there" : null;
        }
        if (isBitSet(head)) {
            return "its head, " + head + ", is marked as finished";
        }
        for (long sequence : released) {
            if (sequence >= sentLimit) {
                return "sequence " + sequence + " was received by the client, but only what is below " + sentLimit
                        + " was sent";
            }
        }
        return null;
    }

    /** Whether the head is known. */
    boolean isPositioned() {
        return positioned;
    }

    long head() {
        return head;
    }

    /** The first sequence of a queue whose cursor is lost: all from there on counts as sent and not finished. */
    void assumeHead(long sequence) {
        head = Math.max(1, sequence);
        positioned = true;
        changed = true;
    }

    /** It may have been sent. */
    void assumeSent(long sequence) {
        sentLimit = Math.max(sentLimit, sequence + 1);
        changed = true;
    }

    boolean isFinished(long sequence) {
        return sequence < head || isBitSet(sequence);
    }

    boolean isReleased(long sequence) {
        return released.contains(sequence);
    }

    private boolean isBitSet(long sequence) {
        byte[] bits = pages.get(sequence / PAGE);
        return bits != null && (bits[(int) (sequence % PAGE) / 8] & 1 << (sequence % 8)) != 0;
    }

    void finish(long sequence) {
        byte[] bits = pages.computeIfAbsent(sequence / PAGE, p -> new byte[PAGE_BYTES]);
        bits[(int) (sequence % PAGE) / 8] |= (byte) (1 << (sequence % 8));
        changed = true;
    }

    /** The rows that a sound store has: those that were added if nothing is wrong with them. */
    List<Row> sound() {
        boolean fits = problem() == null;
        if (fits && !changed) {
            return rows;
        }
        while (isBitSet(head)) {
            head++;
        }
        released.stream().mapToLong(s -> s + 1).max().ifPresent(end -> sentLimit = Math.max(sentLimit, end));
        List<Row> sound = new ArrayList<>();
        CursorValue position =
                CursorValue.newBuilder().setHead(head).setSentLimit(sentLimit).build();
        sound.add(new Row(Keys.cursor(session.slot(), session.sessionId()), position.toByteArray()));
        pages.tailMap(head / PAGE).forEach((number, bits) -> {
            FinishedValue page = FinishedValue.newBuilder()
                    .setBits(ByteString.copyFrom(bits))
                    .build();
            byte[] key = Keys.cursor(session.slot(), session.sessionId(), Keys.CURSOR_FINISHED, number);
            sound.add(new Row(key, page.toByteArray()));
        });
        sound.addAll(chunks);
        return sound;
    }
}
