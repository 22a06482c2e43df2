/** Maps each acknowledgement that leaves the broker to the sync that covers its message in the log. */
@NullMarked
package io.perdure.recovery.sync;

import org.jspecify.annotations.NullMarked;
