/** Stores whose files were changed by somebody else: recovered, refused by name, or served without what is damaged. */
@NullMarked
package io.perdure.recovery.damage;

import org.jspecify.annotations.NullMarked;
