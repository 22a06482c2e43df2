package io.perdure.tools.torture;

/** Is told how a run goes, on its thread. */
public interface Progress {

    /**
     * What has been done.
     *
     * @param cycles that are over
     * @param ofCycles {@link Integer#MAX_VALUE} if there is no end
     * @param returnMs how long the broker took to come back the last time
     */
    record State(
            int cycles, int ofCycles, long acknowledged, long deliveries, long broken, long returnMs, long elapsedMs) {}

    /** The broker has died and is back once more. */
    void cycle(State state);

    /** Something else begins; one line. */
    void say(String what);
}
