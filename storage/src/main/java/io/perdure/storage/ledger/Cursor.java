package io.perdure.storage.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a session's subscriber has got with its queue. Owned by the ledger's thread.
 *
 * <p>Everything below {@code head} is finished. What is finished beyond it stands in pages of 1,024 bits; QoS 2 entries
 * that were PUBRECed stand in chunks, one for each group that brought some, in the order of arrival. So what a group
 * writes grows with what it changed, not with what is open.
 */
final class Cursor {

    static final int PAGE_BITS = 1024;

    private static final Map<Long, Page> NO_PAGES = Map.of();
    private static final Map<Long, Chunk> NO_CHUNKS = Map.of();
    private static final List<Long> NONE = List.of();

    private long head = 1;
    private long sentLimit = 1;
    private long syncedHead = 1;
    /** How many are finished at or past the head. */
    private long finishedBeyond;

    private boolean positionDirty;
    // most of a million sessions have none of these, so they share the empty ones
    private Map<Long, Page> pages = NO_PAGES;
    private Map<Long, Chunk> released = NO_CHUNKS;
    private @Nullable Chunk open;
    private long nextOrdinal;
    private List<Long> removedPages = NONE;
    private List<Long> removedChunks = NONE;

    private static final class Page {
        final long[] bits;
        boolean dirty;
        boolean stored;

        Page(long[] bits) {
            this.bits = bits;
        }
    }

    private static final class Chunk {
        final long ordinal;
        /** Those that are not written yet. */
        final List<Long> added = new ArrayList<>();

        int unfinished;
        boolean stored;

        Chunk(long ordinal) {
            this.ordinal = ordinal;
        }
    }

    /** Where the changes go. */
    interface Rows {
        /** For a session of which the cursor is not stored. */
        Rows NONE = new Rows() {
            @Override
            public void position(long head, long sentLimit) {}

            @Override
            public void page(long page, long[] bits) {}

            @Override
            public void removePage(long page) {}

            @Override
            public void chunk(long ordinal, long[] sequences) {}

            @Override
            public void removeChunk(long ordinal) {}
        };

        void position(long head, long sentLimit);

        void page(long page, long[] bits);

        void removePage(long page);

        void chunk(long ordinal, long[] sequences);

        void removeChunk(long ordinal);
    }

    long head() {
        return head;
    }

    long sentLimit() {
        return sentLimit;
    }

    /** The head as of the last synced group. */
    long syncedHead() {
        return syncedHead;
    }

    void markSynced() {
        syncedHead = head;
    }

    boolean isFinished(long sequence) {
        if (sequence < head) {
            return true;
        }
        Page page = pages.get(sequence / PAGE_BITS);
        return page != null && (page.bits[word(sequence)] & bit(sequence)) != 0;
    }

    /** Marks a sequence as finished; nothing happens if it is. */
    void finish(long sequence) {
        if (isFinished(sequence)) {
            return;
        }
        positionDirty = true;
        if (!released.isEmpty()) {
            unrelease(sequence);
        }
        if (sequence == head) {
            advance(head + 1);
            return;
        }
        if (pages == NO_PAGES) {
            pages = new HashMap<>(4);
        }
        Page page = pages.computeIfAbsent(sequence / PAGE_BITS, p -> new Page(new long[PAGE_BITS / 64]));
        page.bits[word(sequence)] |= bit(sequence);
        page.dirty = true;
        finishedBeyond++;
    }

    /** Marks {@code [from, to)} as finished. */
    void finishRange(long from, long to) {
        if (from <= head && to > head && pages.isEmpty() && released.isEmpty()) {
            positionDirty = true;
            head = to;
            return;
        }
        for (long s = Math.max(from, head); s < to; s++) {
            finish(s);
        }
    }

    private void advance(long to) {
        long before = head;
        head = to;
        while (!pages.isEmpty() && isBitSet(head)) {
            head++;
            finishedBeyond--;
        }
        for (long p = before / PAGE_BITS; p < head / PAGE_BITS && !pages.isEmpty(); p++) {
            Page passed = pages.remove(p);
            if (passed != null && passed.stored) {
                removedPages = with(removedPages, p);
            }
        }
    }

    /** How many sequences below {@code tail}, the end of the queue, are not finished. */
    long unfinishedBelow(long tail) {
        return tail - head - finishedBeyond;
    }

    private boolean isBitSet(long sequence) {
        Page page = pages.get(sequence / PAGE_BITS);
        return page != null && (page.bits[word(sequence)] & bit(sequence)) != 0;
    }

    /** The subscriber has PUBRECed it. */
    void release(long sequence) {
        if (isFinished(sequence) || released.containsKey(sequence)) {
            return;
        }
        Chunk chunk = open;
        if (chunk == null) {
            chunk = new Chunk(nextOrdinal++);
            open = chunk;
        }
        chunk.unfinished++;
        chunk.added.add(sequence);
        release(sequence, chunk);
    }

    private void release(long sequence, Chunk chunk) {
        if (released == NO_CHUNKS) {
            released = new LinkedHashMap<>(4);
        }
        released.put(sequence, chunk);
    }

    private static List<Long> with(List<Long> list, long number) {
        List<Long> longer = list == NONE ? new ArrayList<>(4) : list;
        longer.add(number);
        return longer;
    }

    private void unrelease(long sequence) {
        Chunk chunk = released.remove(sequence);
        if (chunk != null && --chunk.unfinished == 0 && chunk.stored) {
            removedChunks = with(removedChunks, chunk.ordinal);
        }
    }

    /** Sequences below {@code limit} may be sent from the next synced group on. */
    void raiseSentLimit(long limit) {
        if (limit > sentLimit) {
            sentLimit = limit;
            positionDirty = true;
        }
    }

    /** What was sent is known, since the connection has ended: all of it is below {@code limit}. */
    void setSentLimit(long limit) {
        sentLimit = Math.max(limit, head);
        positionDirty = true;
        pages = pages.isEmpty() ? NO_PAGES : pages;
        released = released.isEmpty() ? NO_CHUNKS : released;
    }

    /** Writes the position with the group, changed or not, so that a sync of it covers all that was written before. */
    void touch() {
        positionDirty = true;
    }

    /** Finished sequences from the head on, ascending. */
    long[] finishedBeyondHead() {
        long[] result = new long[16];
        int n = 0;
        for (long p : pages.keySet().stream().sorted().toList()) {
            for (long s = Math.max(head, p * PAGE_BITS); s < (p + 1) * PAGE_BITS; s++) {
                if (isBitSet(s)) {
                    if (n == result.length) {
                        result = Arrays.copyOf(result, 2 * n);
                    }
                    result[n++] = s;
                }
            }
        }
        return Arrays.copyOf(result, n);
    }

    /** The end of what is finished: all sequences from here on are not. */
    long finishedEnd() {
        long end = head;
        for (Map.Entry<Long, Page> entry : pages.entrySet()) {
            long[] bits = entry.getValue().bits;
            int word = bits.length - 1;
            while (word >= 0 && bits[word] == 0) {
                word--;
            }
            if (word >= 0) {
                long inPage = (word + 1) * 64L - Long.numberOfLeadingZeros(bits[word]);
                end = Math.max(end, entry.getKey() * PAGE_BITS + inPage);
            }
        }
        return end;
    }

    /** PUBRECed and not finished, in the order of the PUBRECs. */
    long[] released() {
        return released.keySet().stream().mapToLong(Long::longValue).toArray();
    }

    /** Writes what has changed since the last call. */
    void store(Rows rows) {
        if (positionDirty) {
            rows.position(head, sentLimit);
            positionDirty = false;
        }
        pages.forEach((number, page) -> {
            if (page.dirty) {
                rows.page(number, page.bits);
                page.dirty = false;
                page.stored = true;
            }
        });
        removedPages.forEach(rows::removePage);
        removedPages = NONE;
        Chunk chunk = open;
        if (chunk != null && chunk.unfinished > 0) {
            rows.chunk(
                    chunk.ordinal,
                    chunk.added.stream().mapToLong(Long::longValue).toArray());
            chunk.added.clear();
            chunk.stored = true;
            open = null;
        }
        removedChunks.forEach(rows::removeChunk);
        removedChunks = NONE;
    }

    /** Names all stored rows, for their removal with the session. */
    void eraseRows(Rows rows) {
        pages.forEach((number, page) -> {
            if (page.stored) {
                rows.removePage(number);
            }
        });
        removedPages.forEach(rows::removePage);
        released.values().stream()
                .filter(c -> c.stored)
                .map(c -> c.ordinal)
                .distinct()
                .forEach(rows::removeChunk);
        removedChunks.forEach(rows::removeChunk);
    }

    void loadPosition(long head, long sentLimit) {
        this.head = head;
        this.sentLimit = sentLimit;
        this.syncedHead = head;
    }

    /** After {@link #loadPosition}. */
    void loadPage(long number, long[] bits) {
        Page page = new Page(bits);
        page.stored = true;
        if (pages == NO_PAGES) {
            pages = new HashMap<>(4);
        }
        pages.put(number, page);
        for (long s = Math.max(head, number * PAGE_BITS); s < (number + 1) * PAGE_BITS; s++) {
            finishedBeyond += isBitSet(s) ? 1 : 0;
        }
    }

    /** In order of ordinals, after all pages. */
    void loadChunk(long ordinal, Iterable<Long> sequences) {
        Chunk chunk = new Chunk(ordinal);
        chunk.stored = true;
        for (long s : sequences) {
            if (!isFinished(s)) {
                chunk.unfinished++;
                release(s, chunk);
            }
        }
        if (chunk.unfinished == 0) {
            removedChunks = with(removedChunks, ordinal);
        }
        nextOrdinal = ordinal + 1;
    }

    private static int word(long sequence) {
        return (int) (sequence % PAGE_BITS) / 64;
    }

    private static long bit(long sequence) {
        return 1L << (sequence % 64);
    }
}
