package io.perdure.server.routing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A hash table with one writer and any number of readers, which take no lock: open addressing with linear probing.
 *
 * <p>A slot changes with one ordered write, elements never move within an array, and a rebuilt array is published whole,
 * so a reader never misses an element that stays in the table while others come and go. It grows and shrinks with what is
 * in it; two slots at least.
 */
abstract class SharedTable {

    /** In the slot of an element that was removed: searching goes on behind it. */
    static final Object REMOVED = new Object();

    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Object[].class);
    private static final int MINIMUM_CAPACITY = 2;

    private volatile @Nullable Object[] slots = new @Nullable Object[MINIMUM_CAPACITY];
    // of the writer
    private int size;
    private int occupied;

    /** The hash of an element, always the same. */
    abstract int hash(Object element);

    /** The array as of now; read it with {@link #at}. There is an empty slot in it. */
    final @Nullable Object[] slots() {
        return slots;
    }

    static @Nullable Object at(@Nullable Object[] slots, int index) {
        return SLOT.getAcquire(slots, index);
    }

    /** Writer only: how many elements there are. */
    final int size() {
        return size;
    }

    /** Writer only: adds an element that is not in the table. */
    final void insert(Object element) {
        // at least a quarter of the slots stays empty, and one
        if (occupied + 1 > slots.length - (slots.length + 3) / 4) {
            rebuild();
        }
        @Nullable Object[] array = slots;
        int index = hash(element) & (array.length - 1);
        while (array[index] != null && array[index] != REMOVED) {
            index = (index + 1) & (array.length - 1);
        }
        occupied += array[index] == null ? 1 : 0;
        size++;
        SLOT.setRelease(array, index, element);
    }

    /** Writer only: puts another element of the same hash into a slot of the current array. */
    final void replaceAt(int index, Object element) {
        SLOT.setRelease(slots, index, element);
    }

    /** Writer only: takes out the element in a slot of the current array. */
    final void removeAt(int index) {
        SLOT.setRelease(slots, index, REMOVED);
        size--;
        if (slots.length > MINIMUM_CAPACITY && size < slots.length / 8) {
            rebuild();
        }
    }

    /** Copies the elements to an array that they fill by half at most. */
    private void rebuild() {
        int capacity = MINIMUM_CAPACITY;
        while (capacity < (size + 1) * 2 && capacity < 1 << 30) {
            capacity *= 2;
        }
        @Nullable Object[] array = new @Nullable Object[capacity];
        for (Object element : slots) {
            if (element != null && element != REMOVED) {
                int index = hash(element) & (capacity - 1);
                while (array[index] != null) {
                    index = (index + 1) & (capacity - 1);
                }
                array[index] = element;
            }
        }
        occupied = size;
        slots = array;
    }
}
