package io.perdure.server.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.perdure.server.connection.Connection;
import io.perdure.server.connection.ConnectionLoop;
import io.perdure.server.connection.Wire;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of one connection. Owner: its event loop; lives as long as the channel.
 *
 * <p>Memory: the unread rest of one read burst (a part of a packet, or what came after reading was paused), which the
 * connection bounds by its packet size limit, and the output that the peer has not taken; {@link LoopMemory} bounds the sums.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails closes the channel, and that is noticed
final class SocketWire extends ChannelInboundHandlerAdapter implements Wire {

    private static final Logger LOG = LoggerFactory.getLogger(SocketWire.class);

    private static final int OUTPUT_BYTES = 16 * 1024;

    /** How long a peer has to close its side, so that it can read why we closed ours. */
    private static final long LINGER_MS = 1000;

    /** A part of a packet that is no larger is kept in any case. */
    private static final int SMALL_HELD_BYTES = 64 * 1024;

    private final Channel channel;
    private final LoopMemory memory;
    private final Connection connection;
    private @Nullable ByteBuf held;
    private @Nullable ByteBuf out;
    private long unsentCounted;
    private long heldCounted;
    private boolean awaitsDrain;
    private boolean paused;
    private boolean resuming;
    private boolean inputEnded;
    private boolean closing;

    /**
     * To be made on the event loop of a channel that is active.
     *
     * @param surplus whether there are as many connections as are allowed without it
     */
    SocketWire(Channel channel, ConnectionLoop loop, LoopMemory memory, boolean surplus) {
        this.channel = channel;
        this.memory = memory;
        String peer = String.valueOf(channel.remoteAddress());
        this.connection = surplus ? loop.openSurplus(this, peer) : loop.open(this, peer);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (closing) {
            ReferenceCountUtil.release(message);
            return;
        }
        read(join((ByteBuf) message));
        countHeld();
        if (heldCounted > SMALL_HELD_BYTES && !memory.hasHeldRoom()) {
            connection.tooMuchHeld();
        }
    }

    private void countHeld() {
        long bytes = held == null ? 0 : held.capacity();
        memory.addHeld(bytes - heldCounted);
        heldCounted = bytes;
    }

    private void countUnsent() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        long bytes = buffer == null ? 0 : buffer.totalPendingWriteBytes();
        memory.addUnsent(bytes - unsentCounted);
        unsentCounted = bytes;
    }

    private ByteBuf join(ByteBuf received) {
        ByteBuf first = held;
        if (first == null) {
            return received;
        }
        try {
            first.writeBytes(received); // may find no memory: what is held stays held until the channel is closed
        } finally {
            received.release();
        }
        held = null;
        return first;
    }

    /** Gives the bytes to the connection and keeps what it leaves. */
    private void read(ByteBuf in) {
        if (!paused) {
            connection.read(in);
        }
        if (closing || !in.isReadable()) {
            in.release();
        } else if (in.readerIndex() == 0
                && in.capacity() <= 2 * in.readableBytes()
                && in.maxCapacity() == Integer.MAX_VALUE) {
            held = in;
        } else {
            // a small rest must not hold on to a whole receive buffer, and there must be room for what follows
            try {
                held = channel.alloc().directBuffer(Math.max(256, 2 * in.readableBytes()));
                held.writeBytes(in);
            } finally {
                in.release();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!closing) {
            connection.readComplete();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (channel.isWritable() && !closing) {
            // from a task of its own: this may be called within flush
            channel.eventLoop().execute(connection::writable);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (held != null && paused && !closing) {
            inputEnded = true; // what the peer sent before it left counts, its DISCONNECT above all
        } else {
            connection.closed();
            release();
        }
        countUnsent();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof OutOfMemoryError) {
            connection.outOfMemory(); // of direct buffers: one of the heap ends the process
        } else if (!(cause instanceof IOException)) {
            LOG.error("{}: internal error, the connection is closed", channel.remoteAddress(), cause);
        }
        channel.close();
    }

    @Override
    public ByteBuf out() {
        ByteBuf current = out;
        if (current == null) {
            current = channel.alloc().directBuffer(OUTPUT_BYTES);
            out = current;
        }
        return current;
    }

    @Override
    public void flush() {
        ByteBuf current = out;
        if (current == null) {
            return;
        }
        out = null;
        if (current.isReadable() && channel.isActive()) {
            channel.writeAndFlush(current, channel.voidPromise());
        } else {
            current.release();
        }
        countUnsent();
    }

    @Override
    public boolean isWritable() {
        if (!channel.isWritable()) {
            return false;
        }
        countUnsent();
        if (unsentCounted == 0 || memory.hasUnsentRoom()) {
            return true;
        }
        if (!awaitsDrain) {
            awaitsDrain = true;
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(drained -> {
                awaitsDrain = false;
                if (!closing) {
                    connection.writable();
                }
            });
        }
        return false;
    }

    @Override
    public long unsentBytes() {
        // once it is not writable: what has to go before it is writable again
        return channel.isActive() ? channel.bytesBeforeWritable() : 0;
    }

    @Override
    public void pauseReading() {
        paused = true;
        resuming = false;
        channel.config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        resuming = true;
        channel.eventLoop().execute(this::readOn);
    }

    private void readOn() {
        if (closing || !resuming) {
            return;
        }
        resuming = false;
        paused = false;
        ByteBuf rest = held;
        if (rest != null) {
            held = null;
            read(rest);
            if (!closing) {
                connection.readComplete();
            }
            countHeld();
        }
        if (paused || closing) {
            return;
        }
        if (inputEnded) {
            connection.closed();
            release();
        } else {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public void close() {
        if (closing) {
            return;
        }
        flush();
        release();
        closing = true;
        if (!channel.isActive()) {
            return;
        }
        // A socket that is closed with unread input in it resets the connection, and the peer may never see what was
        // sent last: so only our side is closed, and what still comes is thrown away until the peer closes its own.
        channel.config().setAutoRead(true);
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener((ChannelFutureListener) written -> {
            if (channel instanceof DuplexChannel socket) {
                socket.shutdownOutput();
            }
        });
        channel.eventLoop().schedule(() -> channel.close(), LINGER_MS, TimeUnit.MILLISECONDS);
    }

    private void release() {
        if (held != null) {
            held.release();
            held = null;
        }
        countHeld();
        if (out != null) {
            out.release();
            out = null;
        }
    }
}
