/** What a start and a stop cost, by the size of the store; stores of earlier versions. */
@NullMarked
package io.perdure.recovery.start;

import org.jspecify.annotations.NullMarked;
