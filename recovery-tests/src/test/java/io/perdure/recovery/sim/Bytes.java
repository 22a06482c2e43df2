package io.perdure.recovery.sim;

import java.util.Arrays;

/** Bytes that are under way; they leave in the order in which they came. */
final class Bytes {

    private byte[] buffer = new byte[256];
    private int from;
    private int to;

    int size() {
        return to - from;
    }

    void add(byte[] bytes) {
        if (to + bytes.length > buffer.length) {
            byte[] next = new byte[Math.max(2 * (size() + bytes.length), buffer.length)];
            System.arraycopy(buffer, from, next, 0, size());
            to = size();
            from = 0;
            buffer = next;
        }
        System.arraycopy(bytes, 0, buffer, to, bytes.length);
        to += bytes.length;
    }

    byte[] take(int count) {
        byte[] taken = Arrays.copyOfRange(buffer, from, from + count);
        from += count;
        return taken;
    }

    /** Keeps the first bytes only. */
    void truncate(int count) {
        to = from + count;
    }

    /** The length of the MQTT packet at the front, or 0 if it is not whole yet. */
    int packetLength() {
        int length = 0;
        for (int i = 1; i <= 4 && from + i < to; i++) {
            int next = buffer[from + i];
            length |= (next & 0x7F) << (7 * (i - 1));
            if (next >= 0) {
                return size() >= 1 + i + length ? 1 + i + length : 0;
            }
        }
        return 0;
    }
}
