/**
 * An MQTT 3.1, 3.1.1 and 5.0 client that does what the specification asks of one: its session state outlives its connection
 * and the broker. It shares no code with the broker, so that an error in a shared codec can't hide, and it notes every
 * packet in a {@link io.perdure.recovery.client.Trace}.
 */
@NullMarked
package io.perdure.recovery.client;

import org.jspecify.annotations.NullMarked;
