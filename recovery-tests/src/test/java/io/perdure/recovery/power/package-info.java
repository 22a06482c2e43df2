/**
 * The real process on a disk that forgets what was not synced, as the loss of power makes a disk forget, and that fails
 * when it is told to. Both are done by a library that is preloaded into the broker.
 */
@NullMarked
package io.perdure.recovery.power;

import org.jspecify.annotations.NullMarked;
