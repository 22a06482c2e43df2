package io.perdure.protocol.session;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A map from Packet Identifiers to longs: open addressing with linear probing, nothing boxed.
 *
 * <p>Identifiers are given out one after the other and finished in about that order. They are scattered, since a long run
 * of neighbours would have to be walked through at each removal. Its size follows the number of identifiers in it, both
 * ways: {@value #MINIMUM_CAPACITY} slots of 10 bytes at first, 131,072 at most; it does not shrink below {@value
 * #KEPT_CAPACITY}, so that a usual window that fills and empties again and again costs nothing.
 */
final class PacketIdTable {

    /** What {@link #get} returns for an identifier that is not in the table; no value is equal to it. */
    static final long NONE = -1;

    private static final int MINIMUM_CAPACITY = 8;
    private static final int KEPT_CAPACITY = 256;

    private char[] ids = new char[MINIMUM_CAPACITY];
    private long[] values = new long[MINIMUM_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    int capacity() {
        return ids.length;
    }

    long get(int packetId) {
        int slot = slot(packetId);
        return ids[slot] == packetId ? values[slot] : NONE;
    }

    boolean contains(int packetId) {
        return ids[slot(packetId)] == packetId;
    }

    /**
     * Adds or replaces.
     *
     * @param packetId 1 to 65535
     */
    void put(int packetId, long value) {
        int slot = slot(packetId);
        values[slot] = value;
        if (ids[slot] == 0) {
            ids[slot] = (char) packetId;
            size++;
            if (size * 2 > ids.length) {
                resize(ids.length * 2);
            }
        }
    }

    /** Returns the value that was there, or {@link #NONE}. */
    long remove(int packetId) {
        int slot = slot(packetId);
        if (ids[slot] == 0) {
            return NONE;
        }
        long value = values[slot];
        close(slot);
        size--;
        if (ids.length > KEPT_CAPACITY && size * 8 < ids.length) {
            resize(ids.length / 2);
        }
        return value;
    }

    void forEachValue(LongConsumer consumer) {
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] != 0) {
                consumer.accept(values[i]);
            }
        }
    }

    /** Where the identifier is, or the free slot where it would go. */
    private int slot(int packetId) {
        int mask = ids.length - 1;
        int slot = home(packetId);
        while (ids[slot] != packetId && ids[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    /** Where an identifier belongs: the upper bits of a multiplication by the golden ratio. */
    private int home(int packetId) {
        return (packetId * 0x9E37_79B9) >>> (Integer.numberOfLeadingZeros(ids.length) + 1);
    }

    /** Frees a slot and moves up what could no longer be found behind the hole. */
    private void close(int slot) {
        int mask = ids.length - 1;
        int hole = slot;
        for (int next = (hole + 1) & mask; ids[next] != 0; next = (next + 1) & mask) {
            int home = home(ids[next]);
            if (((next - home) & mask) >= ((next - hole) & mask)) {
                ids[hole] = ids[next];
                values[hole] = values[next];
                hole = next;
            }
        }
        ids[hole] = 0;
    }

    private void resize(int capacity) {
        char[] oldIds = ids;
        long[] oldValues = values;
        ids = new char[capacity];
        values = new long[capacity];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int slot = slot(oldIds[i]);
                ids[slot] = oldIds[i];
                values[slot] = oldValues[i];
            }
        }
    }

    @Override
    public String toString() {
        char[] sorted = ids.clone();
        Arrays.sort(sorted);
        StringBuilder text = new StringBuilder("[");
        for (char id : sorted) {
            if (id != 0) {
                text.append(text.length() == 1 ? "" : ", ").append((int) id);
            }
        }
        return text.append(']').toString();
    }
}
