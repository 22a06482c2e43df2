/**
 * The real process under load, killed and started again. The broker is started through the command line that its users
 * type.
 */
@NullMarked
package io.perdure.recovery.crash;

import org.jspecify.annotations.NullMarked;
