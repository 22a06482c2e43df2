package io.perdure.recovery.sim;

import io.perdure.recovery.model.Violation;
import java.util.List;
import java.util.function.LongFunction;

/** One run, for a caller who knows the classes of this project under another loader: says what is wrong, or nothing. */
public final class Trial implements LongFunction<String> {

    @Override
    public String apply(long seed) {
        try {
            List<Violation> violations =
                    Simulation.run(seed, Simulation.STEPS, false).violations();
            return violations.isEmpty() ? "" : violations.get(0).rule();
        } catch (RuntimeException | AssertionError e) {
            return e.toString();
        }
    }
}
