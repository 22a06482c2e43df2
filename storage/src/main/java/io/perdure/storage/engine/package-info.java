/** A sorted key-value engine with an atomic batch and a sync; knows nothing of MQTT. The only importer of RocksDB. */
@NullMarked
package io.perdure.storage.engine;

import org.jspecify.annotations.NullMarked;
