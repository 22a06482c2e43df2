package io.perdure.recovery.model;

/**
 * A time without a broker, {@link System#nanoTime}.
 *
 * @param killedNs just before it was killed
 * @param readyNs when its successor was listening
 */
public record Outage(long killedNs, long readyNs) {}
