/**
 * The durable log and the sessions in it: open a {@link io.perdure.storage.Store}, submit commands, get their outcomes
 * back after they are in the log, read queues page by page.
 *
 * <p>No RocksDB and no protobuf type is visible here. {@code storage.engine} holds the only importer of RocksDB,
 * {@code storage.format} what every row looks like, {@code storage.ledger} the one writer.
 */
@NullMarked
package io.perdure.storage;

import org.jspecify.annotations.NullMarked;
