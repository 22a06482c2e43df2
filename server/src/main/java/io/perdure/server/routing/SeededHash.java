package io.perdure.server.routing;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A hash of bytes whose collisions nobody can prepare who doesn't know the seed: clients choose filters and identifiers.
 * Immutable; any thread.
 */
final class SeededHash {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;
    private final long multiplier;

    SeededHash(long seed) {
        this.seed = mix(seed + MULTIPLIER, MULTIPLIER);
        this.multiplier = mix(this.seed ^ MULTIPLIER, MULTIPLIER) | 1;
    }

    int of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    int of(byte[] bytes, int from, int to) {
        long hash = seed ^ (to - from);
        int i = from;
        for (; to - i >= Long.BYTES; i += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, i), multiplier);
        }
        long rest = 0;
        for (; i < to; i++) {
            rest = rest << 8 | (bytes[i] & 0xFF);
        }
        hash = mix(hash ^ rest, multiplier);
        return (int) (hash ^ hash >>> 32);
    }

    int of(String text) {
        long hash = seed ^ text.length();
        for (int i = 0; i < text.length(); i++) {
            hash = mix(hash ^ text.charAt(i), multiplier);
        }
        return (int) (hash ^ hash >>> 32);
    }

    private static long mix(long value, long multiplier) {
        return Math.multiplyHigh(value, multiplier) ^ (value * multiplier);
    }
}
