/** Checks every record and reference of a store, and makes a sound copy of what is left of a damaged one. Reads only. */
@NullMarked
package io.perdure.storage.check;

import org.jspecify.annotations.NullMarked;
