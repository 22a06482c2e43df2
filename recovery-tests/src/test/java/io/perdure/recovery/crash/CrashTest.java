package io.perdure.recovery.crash;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.model.Model;
import io.perdure.recovery.model.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker, killed under load. {@code -Dcycles=N} sets how often (20), {@code -Dseed=S} repeats a run's decisions.
 * Longer runs are checked every {@value #ROUND} cycles, on one store, with new clients.
 */
class CrashTest {

    private static final int ROUND = 20;

    @TempDir
    Path directory;

    @Test
    void losesRepeatsAndConfusesNothing() throws Exception {
        int cycles = Integer.getInteger("cycles", ROUND);
        SplittableRandom random = new SplittableRandom(seed());
        for (int done = 0; done < cycles; done += ROUND) {
            List<Violation> violations = run(
                    Launch.perdure(directory.resolve("data")),
                    "r" + done / ROUND + "-",
                    random.nextLong(),
                    Math.min(ROUND, cycles - done),
                    20_000);
            assertTrue(violations.isEmpty(), () -> Model.describe(violations));
        }
    }

    @Test
    void reportsTheLossesOfABrokerThatDoesNotWrite() throws Exception {
        Launch forgetful = Launch.perdure(directory.resolve("data"))
                .withEnvironment("PERDURE_JAVA_OPTS", "-Dperdure.test.lose-writes=true");
        List<Violation> violations = run(forgetful, "f-", seed(), 3, 2_000);
        List<String> rules = violations.stream().map(Violation::rule).distinct().collect(Collectors.toList());
        assertTrue(rules.contains("NoLoss"), () -> "only " + rules);
        assertTrue(rules.contains("SessionPresence"), () -> "only " + rules);
    }

    private static List<Violation> run(Launch launch, String name, long seed, int cycles, long quietMs)
            throws IOException, InterruptedException {
        try (CrashRun run = new CrashRun(launch, name, seed, Aftermath.NONE)) {
            return run.check(cycles, quietMs);
        }
    }

    private static long seed() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        return seed;
    }
}
