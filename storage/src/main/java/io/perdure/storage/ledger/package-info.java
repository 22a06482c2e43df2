/**
 * The one writer of a shard. Commands are decided one by one against the state in memory; what they change becomes rows
 * of one batch; the batch is written and synced once for all of them; then their outcomes are released.
 */
@NullMarked
package io.perdure.storage.ledger;

import org.jspecify.annotations.NullMarked;
