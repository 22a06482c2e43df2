/**
 * The whole broker in one thread: its codec, connections, routing and ledger over an engine in memory, with clients, a
 * network and a clock that are simulated. A seed decides what happens next, and where everything dies. What the clients saw
 * is checked by {@link io.perdure.recovery.model}.
 */
@NullMarked
package io.perdure.recovery.sim;

import org.jspecify.annotations.NullMarked;
