/** Benchmarks of the ledger. */
@NullMarked
package io.perdure.jmh.storage.ledger;

import org.jspecify.annotations.NullMarked;
