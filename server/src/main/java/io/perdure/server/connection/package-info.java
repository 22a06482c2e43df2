/**
 * One MQTT connection on its event loop: drives the pure rules of {@code protocol.session}, turns packets into {@link
 * io.perdure.storage.Submission}s and what comes back into packets.
 *
 * <p>Nothing here knows of channels, threads or the operating system's clock: bytes come and go through a {@link
 * io.perdure.server.connection.Wire}, time through a clock that is given, so a whole broker runs in one thread in tests.
 */
@NullMarked
package io.perdure.server.connection;

import org.jspecify.annotations.NullMarked;
