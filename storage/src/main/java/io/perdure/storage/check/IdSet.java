package io.perdure.storage.check;

import java.util.HashMap;
import java.util.Map;

/** A set of numbers that were counted up: a bit for each, in pages. For one thread. */
final class IdSet {

    private static final int PAGE_BITS = 1 << 16;

    private final Map<Long, long[]> pages = new HashMap<>();
    private long size;

    /** Whether it was not there before. */
    boolean add(long id) {
        long[] bits = pages.computeIfAbsent(id / PAGE_BITS, p -> new long[PAGE_BITS / Long.SIZE]);
        int word = (int) (id % PAGE_BITS) / Long.SIZE;
        long bit = 1L << (id % Long.SIZE);
        if ((bits[word] & bit) != 0) {
            return false;
        }
        bits[word] |= bit;
        size++;
        return true;
    }

    boolean contains(long id) {
        long[] bits = pages.get(id / PAGE_BITS);
        return bits != null && (bits[(int) (id % PAGE_BITS) / Long.SIZE] & 1L << (id % Long.SIZE)) != 0;
    }

    long size() {
        return size;
    }
}
