/** The launcher script, called as users call it. */
@NullMarked
package io.perdure.recovery.launcher;

import org.jspecify.annotations.NullMarked;
