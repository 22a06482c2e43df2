package io.perdure.protocol.codec;

import java.util.Arrays;
import java.util.Random;
import java.util.function.Predicate;

/** Damages bytes in the ways in which decoders are wrong: lengths that lie, what is doubled, missing or cut off. */
final class Mutator {

    private static final int LARGEST_BYTES = 20_000;
    private static final int[] TELLING_BYTES = {0, 1, 2, 3, 4, 5, 0x0B, 0x1F, 0x26, 0x7F, 0x80, 0x81, 0xC0, 0xFE, 0xFF};
    private static final byte[][] TELLING_PARTS = {
        Packets.hex("00 04 4D 51 54 54"),
        Packets.hex("00 06 4D 51 49 73 64 70 03"),
        Packets.hex("FF FF FF 7F"),
        Packets.hex("80 80 80 80 01"),
        Packets.hex("80 00"),
        Packets.hex("FF FF"),
        Packets.hex("00 00"),
        Packets.hex("00 03 ED A0 80"),
        Packets.hex("00 03 EF BF BF"),
        Packets.hex("00 04 F4 90 80 80"),
        Packets.hex("00 02 C0 80"),
        Packets.hex("26 00 01 61 00 00"),
        Packets.hex("0B 80 80 80 80 01"),
        Packets.hex("23 00 00"),
        Packets.hex("11 FF FF FF FF"),
        Packets.hex("08 00 01 2B"),
        Packets.hex("00 01 23")
    };

    private final Random random;

    Mutator(Random random) {
        this.random = random;
    }

    /** Damages a little. Most results have a Remaining Length that fits, or their insides would never be looked at. */
    byte[] mutate(byte[] original, byte[] other) {
        byte[] bytes = original;
        int times = 1 + Integer.numberOfTrailingZeros(random.nextInt() | 16);
        for (int i = 0; i < times; i++) {
            bytes = once(bytes, other);
        }
        if (bytes.length > LARGEST_BYTES) {
            bytes = Arrays.copyOf(bytes, LARGEST_BYTES);
        }
        return random.nextInt(4) == 0 ? bytes : withRemainingLength(bytes);
    }

    /** Bytes without a sense, behind a first byte and a length that let them pass. */
    byte[] noise() {
        byte[] bytes = new byte[2 + random.nextInt(random.nextInt(10) == 0 ? 300 : 30)];
        random.nextBytes(bytes);
        return random.nextInt(4) == 0 ? bytes : withRemainingLength(bytes);
    }

    private byte[] once(byte[] bytes, byte[] other) {
        int at = random.nextInt(bytes.length + 1);
        int length = random.nextInt(Math.min(bytes.length - at, 16) + 1);
        return switch (random.nextInt(11)) {
            case 0 -> set(bytes, at, (byte) random.nextInt(256));
            case 1 -> set(bytes, at, (byte) TELLING_BYTES[random.nextInt(TELLING_BYTES.length)]);
            case 2 -> at == bytes.length ? bytes : set(bytes, at, (byte) (bytes[at] ^ (1 << random.nextInt(8))));
            case 3 -> at == bytes.length ? bytes : set(bytes, at, (byte) (bytes[at] + random.nextInt(5) - 2));
            case 4 -> replace(bytes, at, 0, TELLING_PARTS[random.nextInt(TELLING_PARTS.length)]);
            case 5 -> replace(bytes, at, length, TELLING_PARTS[random.nextInt(TELLING_PARTS.length)]);
            case 6 -> replace(bytes, at, length, new byte[0]);
            case 7 -> replace(bytes, at, 0, Arrays.copyOfRange(bytes, at, at + length));
            case 8 -> replace(bytes, at, 0, other);
            case 9 -> Arrays.copyOf(bytes, at);
            default -> replace(bytes, at, length, part(other));
        };
    }

    private byte[] part(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        return Arrays.copyOfRange(bytes, from, from + random.nextInt(Math.min(bytes.length - from, 40) + 1));
    }

    private static byte[] set(byte[] bytes, int at, byte value) {
        byte[] result = bytes.clone();
        if (at < result.length) {
            result[at] = value;
        }
        return result;
    }

    private static byte[] replace(byte[] bytes, int at, int length, byte[] by) {
        byte[] result = new byte[bytes.length - length + by.length];
        System.arraycopy(bytes, 0, result, 0, at);
        System.arraycopy(by, 0, result, at, by.length);
        System.arraycopy(bytes, at + length, result, at + by.length, bytes.length - at - length);
        return result;
    }

    /** Makes one packet of all bytes: sets the Remaining Length to what follows it. */
    static byte[] withRemainingLength(byte[] bytes) {
        if (bytes.length < 2) {
            return bytes;
        }
        int begin = 1;
        while (begin < Math.min(bytes.length, 4) && bytes[begin] < 0) {
            begin++;
        }
        begin++;
        int remaining = Math.max(0, bytes.length - begin);
        byte[] header = new byte[5];
        header[0] = bytes[0];
        int size = 1;
        int rest = remaining;
        do {
            header[size++] = (byte) (rest > 127 ? (rest & 127) | 128 : rest);
            rest >>>= 7;
        } while (rest > 0);
        return replace(bytes, 0, bytes.length - remaining, Arrays.copyOf(header, size));
    }

    /** Takes away as much as possible of an input, and makes the rest dull, as long as it stays interesting. */
    static byte[] shrink(byte[] bytes, Predicate<byte[]> interesting) {
        byte[] best = bytes;
        boolean better = true;
        while (better) {
            better = false;
            for (int length = Math.max(1, best.length / 2); length > 0; length /= 2) {
                for (int at = 0; at + length <= best.length; ) {
                    byte[] shorter = replace(best, at, length, new byte[0]);
                    byte[] fitting = withRemainingLength(shorter);
                    if (interesting.test(shorter)) {
                        best = shorter;
                        better = true;
                    } else if (fitting.length < best.length && interesting.test(fitting)) {
                        best = fitting;
                        better = true;
                    } else {
                        at++;
                    }
                }
            }
            for (int at = 0; at < best.length; at++) {
                byte[] duller = set(best, at, (byte) 0);
                if (best[at] != 0 && interesting.test(duller)) {
                    best = duller;
                    better = true;
                }
            }
        }
        return best;
    }
}
