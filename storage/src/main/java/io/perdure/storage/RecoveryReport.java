package io.perdure.storage;

/**
 * What a store held when it was opened.
 *
 * @param created whether the store is new
 * @param cleanStop whether it was closed before; if not, recovery took the last-alive time as the end of all connections
 * @param sessions durable sessions
 * @param subscriptions of those sessions
 * @param retained retained messages; an estimate above some 100,000
 * @param durationMs of the recovery
 */
public record RecoveryReport(
        boolean created, boolean cleanStop, long sessions, long subscriptions, long retained, long durationMs) {}
