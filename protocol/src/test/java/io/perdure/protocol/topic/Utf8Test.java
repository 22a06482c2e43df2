package io.perdure.protocol.topic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {

    @Test
    void agreesWithTheDecoderOfTheJdkOnAllBeginningsOfSequences() {
        byte[] thirds = {0, 0x7F, (byte) 0x80, (byte) 0xBF, (byte) 0xC0};
        byte[] fourths = {'A', (byte) 0x80, (byte) 0xFF};
        byte[] bytes = new byte[4];
        for (int first = 0x80; first < 0x100; first++) {
            bytes[0] = (byte) first;
            for (int second = 0; second < 0x100; second++) {
                bytes[1] = (byte) second;
                for (byte third : thirds) {
                    bytes[2] = third;
                    for (byte fourth : fourths) {
                        bytes[3] = fourth;
                        assertEquals(expected(bytes), Utf8.isValid(bytes, 0, 4), () -> Arrays.toString(bytes));
                    }
                }
            }
        }
    }

    @Test
    void agreesWithTheDecoderOfTheJdkOnDamagedText() {
        long seed = Long.getLong("utf8.seed", System.nanoTime());
        System.out.println("utf8.seed=" + seed);
        Random random = new Random(seed);
        int valid = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(20); k >= 0; k--) {
                int codePoint = random.nextInt(random.nextInt(4) == 0 ? 0x11_0000 : 0x80);
                text.appendCodePoint(codePoint >= 0xD800 && codePoint < 0xE000 ? 'x' : Math.max(1, codePoint));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            boolean expected = expected(bytes);
            valid += expected ? 1 : 0;
            assertEquals(expected, Utf8.isValid(bytes, 0, bytes.length));
        }
        assertTrue(valid > 25_000 && valid < 50_000, () -> "some of both");
    }

    @Test
    void looksAtItsPartOfTheArrayOnly() {
        byte[] bytes = {-1, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', (byte) 0xC3, (byte) 0xA4, 0};
        assertTrue(Utf8.isValid(bytes, 1, 12));
        assertFalse(Utf8.isValid(bytes, 0, 12));
        assertFalse(Utf8.isValid(bytes, 1, 11));
        assertFalse(Utf8.isValid(bytes, 1, 13));
        assertTrue(Utf8.isValid(bytes, 3, 3));
    }

    private static boolean expected(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return false;
            }
        }
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
