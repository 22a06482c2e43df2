/**
 * Proofs, statement by statement, that the broker does what MQTT 3.1.1 and 5.0 demand of a server.
 *
 * <p>A test says by {@link io.perdure.recovery.conformance.Proves} which statements it proves; {@code docs/conformance.md} is
 * made from that and from the lists of statements among the resources. The tests speak to a broker with its store over a
 * socket, byte by byte where the bytes are what a statement is about.
 */
@NullMarked
package io.perdure.recovery.conformance;

import org.jspecify.annotations.NullMarked;
