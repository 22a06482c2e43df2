/**
 * Kills a broker again and again under load, and checks what its clients saw against what it has promised: clients on
 * threads of their own, rules over what they report, and a verdict.
 */
@NullMarked
package io.perdure.tools.torture;

import org.jspecify.annotations.NullMarked;
