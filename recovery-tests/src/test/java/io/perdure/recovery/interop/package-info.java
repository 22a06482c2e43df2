/**
 * Clients that nobody here wrote, against the broker and against each other. To add one: a {@link
 * io.perdure.recovery.interop.Library}, and a line in {@link io.perdure.recovery.interop.Libraries}.
 */
@NullMarked
package io.perdure.recovery.interop;

import org.jspecify.annotations.NullMarked;
