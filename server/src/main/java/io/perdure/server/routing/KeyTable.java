package io.perdure.server.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Elements by a key of bytes: a {@link SharedTable}, with its thread rules. */
final class KeyTable<T extends KeyTable.Keyed> extends SharedTable {

    /** An element. Its key and the hash of it never change. */
    abstract static class Keyed {
        final byte[] key;
        final int hash;

        /** @param hash of the key, by the one {@link SeededHash} of the table */
        Keyed(byte[] key, int hash) {
            this.key = key;
            this.hash = hash;
        }
    }

    @Override
    int hash(Object element) {
        return ((Keyed) element).hash;
    }

    /** The element whose key is {@code bytes[from, to)}, if there is one. */
    @Nullable
    T find(byte[] bytes, int from, int to, int hash) {
        @Nullable Object[] slots = slots();
        int index = hash & (slots.length - 1);
        for (Object slot = at(slots, index); slot != null; slot = at(slots, index)) {
            if (isKey(slot, bytes, from, to, hash)) {
                return element(slot);
            }
            index = (index + 1) & (slots.length - 1);
        }
        return null;
    }

    /** Writer only: adds the element, or replaces the one with the same key. */
    void put(T element) {
        int index = indexOf(element);
        if (index < 0) {
            insert(element);
        } else {
            replaceAt(index, element);
        }
    }

    /** Writer only: removes the element with the same key. */
    void remove(T element) {
        int index = indexOf(element);
        if (index >= 0) {
            removeAt(index);
        }
    }

    /** Writer only: any element. */
    @Nullable
    T first() {
        for (Object slot : slots()) {
            if (slot != null && slot != REMOVED) {
                return element(slot);
            }
        }
        return null;
    }

    private int indexOf(Keyed element) {
        @Nullable Object[] slots = slots();
        int index = element.hash & (slots.length - 1);
        for (Object slot = at(slots, index); slot != null; slot = at(slots, index)) {
            if (isKey(slot, element.key, 0, element.key.length, element.hash)) {
                return index;
            }
            index = (index + 1) & (slots.length - 1);
        }
        return -1;
    }

    private static boolean isKey(Object slot, byte[] bytes, int from, int to, int hash) {
        return slot != REMOVED
                && ((Keyed) slot).hash == hash
                && Arrays.equals(((Keyed) slot).key, 0, ((Keyed) slot).key.length, bytes, from, to);
    }

    @SuppressWarnings("unchecked") // only T goes in
    private T element(Object slot) {
        return (T) slot;
    }
}
