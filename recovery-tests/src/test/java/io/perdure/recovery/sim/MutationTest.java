package io.perdure.recovery.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The simulation finds mistakes: each of a list of them, put into the broker, is caught within some seeds. {@code
 * -Dmutant=WORDS} tries those only whose names contain the words.
 */
class MutationTest {

    private static final long SEEDS = 200;

    @TempDir
    Path directory;

    @Test
    void findsEveryMistake() throws Exception {
        List<String> missed = new ArrayList<>();
        for (Mutant mutant : Mutants.ALL) {
            if (!mutant.name().contains(System.getProperty("mutant", ""))) {
                continue;
            }
            long startNs = System.nanoTime();
            String caught = check(mutant);
            System.out.printf(
                    "%6d ms  %-62s %s%n",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNs),
                    mutant.name(),
                    caught.isEmpty() ? "NOT CAUGHT" : caught);
            if (caught.isEmpty()) {
                missed.add(mutant.name());
            }
        }
        assertEquals(List.of(), missed, "not caught within " + SEEDS + " seeds");
    }

    private String check(Mutant mutant) throws IOException, ReflectiveOperationException {
        Path classes = Files.createDirectory(directory.resolve("mutant-" + Mutants.ALL.indexOf(mutant)));
        mutant.compile(classes);
        LongFunction<String> trial = trial(classes);
        for (long seed = 1; seed <= SEEDS; seed++) {
            String found = trial.apply(seed);
            if (!found.isEmpty()) {
                return String.format("seed %3d: %s", seed, found);
            }
        }
        return "";
    }

    @SuppressWarnings("unchecked") // the type arguments of Trial
    private static LongFunction<String> trial(Path classes) throws ReflectiveOperationException {
        Class<?> trial = new MutantLoader(classes).loadClass(Trial.class.getName());
        return (LongFunction<String>) trial.getConstructor().newInstance();
    }
}
