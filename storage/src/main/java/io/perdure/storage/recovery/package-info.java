/** Opening a store: the lock, the format, the sessions; in this order, and nothing is changed if one is wrong. */
@NullMarked
package io.perdure.storage.recovery;

import org.jspecify.annotations.NullMarked;
