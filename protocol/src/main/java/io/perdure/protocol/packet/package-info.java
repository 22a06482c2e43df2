/**
 * The MQTT Control Packets as immutable values, for 3.1, 3.1.1 and 5.0 alike. Nothing here knows how they look on the wire,
 * with one exception: the properties that a broker forwards unaltered stay in their MQTT 5.0 encoding.
 *
 * <p>A property that is absent has the value that the specification gives it then, or, where it gives none, {@code null}
 * or -1, as stated with each. Packets hold arrays: never change one after it was handed over. Their {@code equals}
 * compares arrays by identity.
 */
@NullMarked
package io.perdure.protocol.packet;

import org.jspecify.annotations.NullMarked;
