/** The house rules that can be counted, checked on the sources of all modules. */
@NullMarked
package io.perdure.recovery.tidy;

import org.jspecify.annotations.NullMarked;
