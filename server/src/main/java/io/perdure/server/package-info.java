/** The broker as a library: {@link io.perdure.server.Broker} wires the store, the routes and the listeners together. */
@NullMarked
package io.perdure.server;

import org.jspecify.annotations.NullMarked;
