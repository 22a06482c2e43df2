/** What the broker makes of time: the system's clock is set during a run and between two, and nothing expires early. */
@NullMarked
package io.perdure.recovery.time;

import org.jspecify.annotations.NullMarked;
