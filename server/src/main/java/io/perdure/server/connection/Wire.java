package io.perdure.server.connection;

import io.netty.buffer.ByteBuf;

/**
 * The byte stream below a connection: a socket, or a simulated one.
 *
 * <p>Called by the connection's event loop only. Output is collected in one buffer and handed over once per turn.
 */
public interface Wire {

    /** The buffer that collects output; it belongs to the wire and is good until {@link #flush}. */
    ByteBuf out();

    /** Hands what {@link #out} holds to the peer; never blocks. */
    void flush();

    /** Whether more should be sent; when it turns true again the wire calls {@link Connection#writable}. */
    boolean isWritable();

    /** What was flushed and the peer's side has not taken yet, bytes; exact only while the wire is not writable. */
    long unsentBytes();

    /** Stops {@link Connection#read}; what was not consumed is kept for later. */
    void pauseReading();

    /** Calls {@link Connection#read} again, from a later task, first with what was kept; unless it is paused before that. */
    void resumeReading();

    /** Flushes, then ends the stream; {@link Connection#read} is not called any more. */
    void close();
}
