package io.perdure.server.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class SeededHashTest {

    private static final int BUCKETS = 1 << 16;

    @Test
    void spreadsWhatIsNumberedOverAllBuckets() {
        SeededHash hashes = new SeededHash(1);
        assertSpread(i -> hashes.of(Integer.toString(i).getBytes(UTF_8)));
        assertSpread(i -> hashes.of(("site/" + i % 100 + "/device/" + i / 100 + "/sensor").getBytes(UTF_8)));
        assertSpread(i -> hashes.of("client-" + i));
    }

    private static void assertSpread(IntFunction<Integer> hash) {
        BitSet taken = new BitSet(BUCKETS);
        for (int i = 0; i < BUCKETS; i++) {
            taken.set(hash.apply(i) & (BUCKETS - 1));
        }
        // 1 - 1/e of them if it were random
        assertTrue(taken.cardinality() > BUCKETS * 0.6, taken.cardinality() + " of " + BUCKETS);
    }

    @Test
    void dependsOnTheSeedAndOnNothingAroundTheBytes() {
        byte[] bytes = "xx/temperature-of-the-room/yy".getBytes(UTF_8);
        byte[] level = "temperature-of-the-room".getBytes(UTF_8);
        assertEquals(new SeededHash(1).of(level), new SeededHash(1).of(bytes, 3, 3 + level.length));
        assertNotEquals(new SeededHash(1).of(level), new SeededHash(2).of(level));
        assertNotEquals(new SeededHash(1).of(new byte[1]), new SeededHash(1).of(new byte[2]));
    }
}
