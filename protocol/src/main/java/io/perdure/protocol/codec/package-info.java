/**
 * Bytes to packets and back, strict by the specifications of MQTT 3.1, 3.1.1 and 5.0.
 *
 * <p>{@link io.perdure.protocol.codec.Decoder} takes packets out of a buffer, {@link io.perdure.protocol.codec.Encoder}
 * puts them in; {@link io.perdure.protocol.codec.PublishEncoder} and {@link io.perdure.protocol.codec.AckEncoder} are
 * the ways without a packet object, for what is sent most. No channels and no sessions here.
 */
@NullMarked
package io.perdure.protocol.codec;

import org.jspecify.annotations.NullMarked;
