package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes are, there are packets that can be encoded again, or a refusal, and always the same ones. Runs for
 * some thousand inputs, or as many seconds as {@code -Dfuzz.seconds} says; {@code -Dcodec.seed} repeats a run.
 */
class FuzzTest {

    private static final int INPUTS = 30_000;
    private static final int KEPT_INPUTS = 5_000;

    private final long seed = Long.getLong("codec.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final DecoderChecks checks = new DecoderChecks(random);

    static List<FuzzInput> keptInputs() {
        return Corpus.kept();
    }

    @ParameterizedTest
    @MethodSource("keptInputs")
    void holdsForWhatWasWrongOnce(FuzzInput input) {
        checks.check(input);
    }

    /**
     * Inputs that go a way through the decoder that none has gone before are kept and damaged further, so that faults behind
     * faults are found.
     */
    @Test
    void holdsForDamagedPackets() {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.getLong("fuzz.seconds", 0));
        System.out.println("codec.seed=" + seed);
        Mutator mutator = new Mutator(random);
        List<FuzzInput> pool = new ArrayList<>(Corpus.kept());
        pool.addAll(Corpus.generated(random, 10));
        Set<String> ways = new HashSet<>();
        for (FuzzInput input : pool) {
            ways.add(checked(input).way());
        }
        long count = 0;
        while (count < INPUTS || System.nanoTime() < deadlineNs) {
            FuzzInput base = pool.get(random.nextInt(pool.size()));
            byte[] other = pool.get(random.nextInt(pool.size())).bytes();
            boolean noise = random.nextInt(50) == 0;
            FuzzInput input = base.with(noise ? mutator.noise() : mutator.mutate(base.bytes(), other));
            boolean isNew = ways.add(input.version() + " " + checked(input).way());
            if (isNew && pool.size() < KEPT_INPUTS) {
                pool.add(input);
            }
            count++;
        }
        System.out.println(count + " inputs, " + ways.size() + " ways through the decoder");
        assertTrue(ways.size() > 200, "only " + ways.size() + " ways");
    }

    private DecoderChecks.Outcome checked(FuzzInput input) {
        try {
            return checks.check(input);
        } catch (Throwable e) {
            FuzzInput smaller = input.with(Mutator.shrink(input.bytes(), bytes -> fails(input.with(bytes))));
            throw new AssertionError(
                    "codec.seed=" + seed + "; a line for the corpus:\n" + smaller + "\nfound as\n" + input, e);
        }
    }

    private boolean fails(FuzzInput input) {
        try {
            checks.check(input);
            return false;
        } catch (Throwable e) {
            return true;
        }
    }
}
