/** Listeners and sockets on Netty; decides nothing about MQTT. */
@NullMarked
package io.perdure.server.transport;

import org.jspecify.annotations.NullMarked;
