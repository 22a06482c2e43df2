package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import java.util.List;

/**
 * All that is known of a run.
 *
 * @param traces one per client
 * @param outages in order
 * @param willGraceMs how long after a start the broker waits for a client before it publishes its Will
 */
public record Run(List<Trace> traces, List<Outage> outages, long willGraceMs) {}
