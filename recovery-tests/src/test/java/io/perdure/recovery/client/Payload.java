package io.perdure.recovery.client;

import java.nio.charset.StandardCharsets;

/**
 * Payloads that name their message: publisher and number, then filler that depends on both. The name is readable text,
 * so that it can be found in a log file.
 */
public final class Payload {

    /** The key of a payload that is not one of ours. */
    public static final long FOREIGN = -1;

    /** The key of an empty payload, which clears a retained message. */
    public static final long EMPTY = -2;

    private static final int NAME_LENGTH = 17;

    private Payload() {}

    /** The key of a message: unique in a run. */
    public static long key(int publisher, long number) {
        return (long) publisher << 32 | number;
    }

    public static int publisher(long key) {
        return (int) (key >>> 32);
    }

    public static long number(long key) {
        return key & 0xFFFF_FFFFL;
    }

    /** Readable form of a key, as it stands at the beginning of the payload. */
    public static String name(long key) {
        return key == FOREIGN
                ? "(foreign)"
                : key == EMPTY ? "(empty)" : String.format("p%05d#%09d;", publisher(key), number(key));
    }

    /**
     * The payload of a message.
     *
     * @param sizeBytes at least the length of the name is used
     */
    public static byte[] of(long key, int sizeBytes) {
        byte[] payload = new byte[Math.max(NAME_LENGTH, sizeBytes)];
        System.arraycopy(name(key).getBytes(StandardCharsets.US_ASCII), 0, payload, 0, NAME_LENGTH);
        fill(key, payload, NAME_LENGTH);
        return payload;
    }

    /** The key of a payload, or {@link #FOREIGN} if any byte differs from what {@link #of} makes. */
    public static long keyOf(byte[] payload) {
        if (payload.length == 0) {
            return EMPTY;
        }
        if (payload.length < NAME_LENGTH || payload[0] != 'p' || payload[6] != '#' || payload[16] != ';') {
            return FOREIGN;
        }
        long publisher = digits(payload, 1, 6);
        long number = digits(payload, 7, 16);
        if (publisher < 0 || number < 0) {
            return FOREIGN;
        }
        long key = key((int) publisher, number);
        byte[] expected = new byte[payload.length];
        fill(key, expected, NAME_LENGTH);
        for (int i = NAME_LENGTH; i < payload.length; i++) {
            if (payload[i] != expected[i]) {
                return FOREIGN;
            }
        }
        return key;
    }

    private static void fill(long key, byte[] payload, int from) {
        long x = key * 0x9E37_79B9_7F4A_7C15L | 1;
        for (int i = from; i < payload.length; i++) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
            payload[i] = (byte) ('a' + (x >>> 33) % 26);
        }
    }

    private static long digits(byte[] text, int from, int to) {
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
