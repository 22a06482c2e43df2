/**
 * The rules of one connection's two directions as pure state machines: what may be sent, what may be received, aliases,
 * keep alive, and what CONNECT and the broker's limits make of a connection.
 *
 * <p>Nothing here knows a channel, a thread, a future or a clock: time is a parameter, results are returned. Each object
 * belongs to one connection and is used by its event loop alone.
 */
@NullMarked
package io.perdure.protocol.session;

import org.jspecify.annotations.NullMarked;
