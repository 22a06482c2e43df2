package io.perdure.protocol.topic;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** What MQTT demands of a UTF-8 Encoded String [1.5.4]. */
public final class Utf8 {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;

    private Utf8() {}

    /**
     * Whether {@code bytes[from, to)} is well-formed UTF-8, without surrogates [MQTT-1.5.4-1] and without U+0000
     * [MQTT-1.5.4-2].
     */
    public static boolean isValid(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            if (to - i >= Long.BYTES) {
                long eight = (long) LONGS.get(bytes, i);
                // no byte has its high bit set, and none is zero
                if (((eight | (eight - LOW_BITS)) & HIGH_BITS) == 0) {
                    i += Long.BYTES;
                    continue;
                }
            }
            if (bytes[i] > 0) {
                i++;
                continue;
            }
            int length = sequenceLength(bytes, i, to);
            if (length == 0) {
                return false;
            }
            i += length;
        }
        return true;
    }

    /** The length of the multi-byte sequence that begins at {@code i}; 0 if it is not valid. */
    private static int sequenceLength(byte[] bytes, int i, int to) {
        int first = bytes[i] & 0xFF;
        if (first < 0xC2 || first > 0xF4) {
            return 0;
        }
        int length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
        if (length > to - i) {
            return 0;
        }
        int second = bytes[i + 1] & 0xFF;
        // the second byte excludes overlong forms, surrogates and what is beyond U+10FFFF
        int least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int greatest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < least || second > greatest) {
            return 0;
        }
        for (int k = 2; k < length; k++) {
            if ((bytes[i + k] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
