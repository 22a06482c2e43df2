package io.perdure.storage;

import java.util.List;

/**
 * What a start found in a store, and what it did. Written to the data directory too, see docs/start-report.md.
 *
 * @param startedMs when the start began, by the wall clock, ms since 1970
 * @param durationMs of the start, from the first look at the store on
 * @param phases what the time went into, in the order of their beginnings
 * @param created whether the store is new
 * @param cleanStop whether it was closed before; if not, recovery took the last-alive time as the end of all connections
 * @param clockBehindMs how far the wall clock is behind the last time that the store knows of: so long nothing elapses;
 *     0 if it is not
 * @param sessions durable sessions
 * @param subscriptions of those sessions
 * @param retained retained messages; an estimate above some 100,000
 * @param queued messages in the queues of sessions; an estimate, too high while finished ones wait for removal
 * @param tableBytes size of the store's tables before the start
 * @param logBytes size of the log before the start, all of which may have to be replayed
 * @param repaired what was wrong and was put right, a sentence each
 * @param setAside what was damaged and is not served, a sentence each
 */
public record RecoveryReport(
        long startedMs,
        long durationMs,
        List<Phase> phases,
        boolean created,
        boolean cleanStop,
        long clockBehindMs,
        long sessions,
        long subscriptions,
        long retained,
        long queued,
        long tableBytes,
        long logBytes,
        List<String> repaired,
        List<String> setAside) {

    /** A part of the start and how long it took. */
    public record Phase(String name, long durationMs) {}

    public RecoveryReport {
        phases = List.copyOf(phases);
        repaired = List.copyOf(repaired);
        setAside = List.copyOf(setAside);
    }

    /** That of a store which was made just now. */
    public static RecoveryReport ofNewStore(long startedMs) {
        return new RecoveryReport(startedMs, 0, List.of(), true, false, 0, 0, 0, 0, 0, 0, 0, List.of(), List.of());
    }
}
