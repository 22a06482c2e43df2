/** What every row of a store looks like: families, keys and protobuf values. No logic. See docs/format.md. */
@NullMarked
package io.perdure.storage.format;

import org.jspecify.annotations.NullMarked;
