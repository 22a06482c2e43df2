package io.perdure.recovery.power;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.crash.CrashRun;
import io.perdure.recovery.crash.Launch;
import io.perdure.recovery.model.Model;
import io.perdure.recovery.model.Violation;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With {@code fsync} the loss of power is no worse than the death of the process; with {@code os} it is.
 * {@code -Dcuts=N} sets how often the power is cut (51), {@code -Dseed=S} repeats a run's decisions.
 */
class PowerCutTest {

    private static final long QUIET_MS = 20_000;

    /** Cuts of one cycle of a run. */
    private static final int CUTS = 3;

    private static final int ROUND = 17;

    private static final int ROUNDS_UNTIL_A_LOSS = 5;

    /** What is broken where messages are gone, or the sessions that they were for. */
    private static final Set<String> LOSSES = Set.of("NoLoss", "SessionPresence");

    @TempDir
    Path directory;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        SplittableRandom random = new SplittableRandom(seed());
        int cycles = (Integer.getInteger("cuts", CUTS * ROUND) + CUTS - 1) / CUTS;
        try (DiskShim disk = DiskShim.build(directory, "power cuts are not tested")) {
            PowerCut power = new PowerCut(disk, random.nextLong());
            for (int done = 0; done < cycles; done += ROUND) {
                List<Violation> violations = run(
                        disk,
                        power,
                        "fsync",
                        "p" + done / ROUND + "-",
                        random,
                        Math.min(ROUND, cycles - done),
                        QUIET_MS);
                assertTrue(violations.isEmpty(), () -> Model.describe(violations));
            }
            System.out.println(power.tally());
            power.tally().forEach((what, count) -> assertTrue(count > 0, () -> "no " + what + ": this showed little"));
        }
    }

    @Test
    void reportsTheLossesOfABrokerThatDoesNotSync() throws Exception {
        SplittableRandom random = new SplittableRandom(seed());
        try (DiskShim disk = DiskShim.build(directory, "power cuts are not tested")) {
            PowerCut power = new PowerCut(disk, random.nextLong());
            List<Violation> violations = List.of();
            for (int round = 0; round < ROUNDS_UNTIL_A_LOSS && !hasLosses(violations); round++) {
                violations = run(disk, power, "os", "os" + round + "-", random, 3, 2_000);
            }
            System.out.println(power.tally());
            assertTrue(hasLosses(violations), Model.describe(violations));
        }
    }

    private static boolean hasLosses(List<Violation> violations) {
        return violations.stream().anyMatch(violation -> LOSSES.contains(violation.rule()));
    }

    private static List<Violation> run(
            DiskShim disk,
            PowerCut power,
            String durability,
            String name,
            SplittableRandom random,
            int cycles,
            long quietMs)
            throws Exception {
        Launch launch = Launch.perdure(disk.root().resolve("var/data")).withArguments("--durability", durability);
        try (CrashRun run = new CrashRun(launch, name, random.nextLong(), power)) {
            return run.check(cycles, quietMs);
        }
    }

    private static long seed() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        return seed;
    }
}
