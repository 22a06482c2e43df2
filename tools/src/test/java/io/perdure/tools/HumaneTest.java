package io.perdure.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumaneTest {

    @ParameterizedTest
    @CsvSource({
        "0,0B",
        "1023,1023B",
        "1024,1.0K",
        "1536,1.5K",
        "10240,10K",
        "1023999,1.0M",
        "1048576,1.0M",
        "268435455,256M",
        "9223372036854775807,8.0E"
    })
    void printsSizes(long bytes, String expected) {
        assertEquals(expected, Humane.size(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0s",
        "1,1ms",
        "999,999ms",
        "1000,1s",
        "61000,1m1s",
        "3600000,1h",
        "12000000,3h20m",
        "90000000,1d1h",
        "8640000000,100d",
        "4294967295000,136y",
        "-5000,-5s"
    })
    void printsDurations(long ms, String expected) {
        assertEquals(expected, Humane.duration(ms));
    }

    @Test
    void keepsToTheWidthThatTablesHave() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long any = random.nextLong() >>> random.nextInt(1, 63);
            assertTrue(Humane.size(any).length() <= 5, () -> "seed " + seed + ": " + any);
            long ms = Math.min(any, 4_294_967_295_000L);
            assertTrue(Humane.duration(ms).length() <= 6, () -> "seed " + seed + ": " + ms);
        }
    }
}
