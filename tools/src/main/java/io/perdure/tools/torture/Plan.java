package io.perdure.tools.torture;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do.
 *
 * @param cycles how often the broker dies; {@link Integer#MAX_VALUE} to go on until it is stopped
 * @param lifeMs how long it lives at most before it is killed
 * @param clients how many publishers there are, and how many subscribers
 * @param messagesPerSecond what all publishers publish together, if the broker takes it
 * @param seed of all random decisions
 * @param target a broker that somebody else kills; null to start one
 * @param command how to start a broker of ours, without its options
 * @param durability of a broker of ours
 * @param directory where its store is made; it must be there
 * @param keep whether the store is left there even if all is well
 */
public record Plan(
        int cycles,
        long lifeMs,
        int clients,
        int messagesPerSecond,
        long seed,
        @Nullable Target target,
        List<String> command,
        String durability,
        Path directory,
        boolean keep) {

    public Plan {
        command = List.copyOf(command);
    }
}
