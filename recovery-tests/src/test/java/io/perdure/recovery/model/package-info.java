/**
 * What a durable broker owes its clients, as rules over their {@link io.perdure.recovery.client.Trace}s. A broken rule
 * is told with the trace around it.
 */
@NullMarked
package io.perdure.recovery.model;

import org.jspecify.annotations.NullMarked;
