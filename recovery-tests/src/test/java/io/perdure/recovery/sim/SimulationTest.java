package io.perdure.recovery.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.recovery.model.Model;
import io.perdure.recovery.sim.Simulation.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The simulated broker keeps the contract. {@code -Dseeds=N} sets how many runs there are, {@code -Dseed=S} repeats one; a
 * run that fails leaves its steps in {@code target}.
 */
class SimulationTest {

    private static final int SEEDS = 1_000;
    private static final long FIRST = 1;

    @Test
    void losesRepeatsAndConfusesNothing() throws IOException {
        Long one = Long.getLong("seed");
        long first = one == null ? FIRST : one;
        long end = one == null ? FIRST + Integer.getInteger("seeds", SEEDS) : one + 1;
        for (long seed = first; seed < end; seed++) {
            Outcome outcome = attempt(seed, Simulation.STEPS);
            if (!outcome.violations().isEmpty()) {
                report(seed);
            }
        }
    }

    private static Outcome attempt(long seed, int steps) {
        try {
            return Simulation.run(seed, steps, false);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " with " + steps + " steps", e);
        }
    }

    /** Looks for a short run of the same seed that fails too, and tells about it. */
    private static void report(long seed) throws IOException {
        int steps = Simulation.STEPS;
        for (int step = steps / 2; step > 0; step /= 2) {
            while (steps > step && !attempt(seed, steps - step).violations().isEmpty()) {
                steps -= step;
            }
        }
        Outcome outcome = Simulation.run(seed, steps, true);
        Path file = Files.createDirectories(Path.of("target", "simulation")).resolve("seed-" + seed + ".txt");
        Files.writeString(file, outcome.text());
        fail("seed " + seed + " (repeat with -Dseed=" + seed + "); it fails after " + steps + " steps, which are in "
                + file.toAbsolutePath() + Model.describe(outcome.violations()));
    }

    @Test
    void theSameSeedDoesTheSame() {
        for (long seed = 1; seed <= 20; seed++) {
            Outcome once = Simulation.run(seed, 600, false);
            Outcome again = Simulation.run(seed, 600, true);
            assertEquals(once.hash(), again.hash(), "seed " + seed);
        }
        assertNotEquals(
                Simulation.run(1, 600, false).hash(),
                Simulation.run(2, 600, false).hash());
    }
}
