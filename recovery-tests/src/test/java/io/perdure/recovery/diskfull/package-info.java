/** The real process on a small file system that is full. */
@NullMarked
package io.perdure.recovery.diskfull;

import org.jspecify.annotations.NullMarked;
