package io.perdure.tools.torture;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of a message, which its payload carries as text so that it can be found in a log, before filler that depends
 * on it.
 *
 * @param publisher 0 to 99,999
 * @param number 1 for the first of this publisher; below a billion
 */
record Message(int publisher, long number) {

    private static final int NAME_LENGTH = 17;

    /** @param sizeBytes at least the length of the name is used */
    byte[] payload(int sizeBytes) {
        byte[] payload = new byte[Math.max(NAME_LENGTH, sizeBytes)];
        System.arraycopy((this + ";").getBytes(StandardCharsets.US_ASCII), 0, payload, 0, NAME_LENGTH);
        fill(payload);
        return payload;
    }

    /** The message of a payload; null if any byte differs from what {@link #payload} makes. */
    static @Nullable Message of(byte[] payload) {
        if (payload.length < NAME_LENGTH || payload[0] != 'p' || payload[6] != '#' || payload[16] != ';') {
            return null;
        }
        long publisher = digits(payload, 1, 6);
        long number = digits(payload, 7, 16);
        if (publisher < 0 || number < 0) {
            return null;
        }
        Message message = new Message((int) publisher, number);
        byte[] expected = new byte[payload.length];
        message.fill(expected);
        for (int i = NAME_LENGTH; i < payload.length; i++) {
            if (payload[i] != expected[i]) {
                return null;
            }
        }
        return message;
    }

    private void fill(byte[] payload) {
        long x = ((long) publisher << 32 | number) * 0x9E37_79B9_7F4A_7C15L | 1;
        for (int i = NAME_LENGTH; i < payload.length; i++) {
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

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "p%05d#%09d", publisher, number);
    }
}
