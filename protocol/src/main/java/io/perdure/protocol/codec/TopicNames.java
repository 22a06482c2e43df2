package io.perdure.protocol.codec;

import io.perdure.protocol.topic.TopicName;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Topic Names that were seen lately, so that a topic that comes again costs no allocation and no check.
 *
 * <p>One thread. Direct-mapped: a newer name takes the place of an older one with the same slot. Bounded by the number of
 * slots and by {@link #MAXIMUM_KEPT_BYTES} for each.
 */
final class TopicNames {

    /** Longer names are not kept. */
    static final int MAXIMUM_KEPT_BYTES = 256;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final @Nullable TopicName[] slots;

    /** @param slotCount a power of two */
    TopicNames(int slotCount) {
        if (Integer.bitCount(slotCount) != 1) {
            throw new IllegalArgumentException("not a power of two: " + slotCount);
        }
        slots = new @Nullable TopicName[slotCount];
    }

    /**
     * The Topic Name with these bytes.
     *
     * @throws io.perdure.protocol.topic.InvalidTopicNameException if MQTT does not allow it
     */
    TopicName get(byte[] bytes, int from, int length) {
        int to = from + length;
        int slot = hash(bytes, from, length) & (slots.length - 1);
        TopicName kept = slots[slot];
        if (kept != null) {
            byte[] utf8 = kept.utf8();
            if (Arrays.equals(utf8, 0, utf8.length, bytes, from, to)) {
                return kept;
            }
        }
        TopicName topicName = TopicName.ofUtf8(Arrays.copyOfRange(bytes, from, to));
        if (length <= MAXIMUM_KEPT_BYTES) {
            slots[slot] = topicName;
        }
        return topicName;
    }

    private static int hash(byte[] bytes, int from, int length) {
        long hash = length;
        int to = from + length;
        if (length >= Long.BYTES) {
            for (int i = from; i < to - Long.BYTES; i += Long.BYTES) {
                hash = mix(hash, (long) LONGS.get(bytes, i));
            }
            // the last eight bytes, some of them for the second time
            hash = mix(hash, (long) LONGS.get(bytes, to - Long.BYTES));
        } else {
            for (int i = from; i < to; i++) {
                hash = mix(hash, bytes[i]);
            }
        }
        return (int) (hash >>> 40);
    }

    private static long mix(long hash, long value) {
        long product = (hash ^ value) * MULTIPLIER;
        return product ^ product >>> 29;
    }
}
