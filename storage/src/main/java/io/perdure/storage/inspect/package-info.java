/**
 * Read-only views of a store, for tools and administration: what each session holds, the retained messages, the Wills.
 *
 * <p>{@link io.perdure.storage.inspect.StoreReader} opens a store, of a stopped or of a running broker, and streams records.
 * Nothing here writes to a store.
 */
@NullMarked
package io.perdure.storage.inspect;

import org.jspecify.annotations.NullMarked;
