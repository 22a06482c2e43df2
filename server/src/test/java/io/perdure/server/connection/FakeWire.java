package io.perdure.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.storage.Lane;
import org.jspecify.annotations.Nullable;

/** A socket whose other end is the test. */
final class FakeWire implements Wire {

    private final Lane lane;
    private final ByteBuf input = Unpooled.buffer();
    private final ByteBuf sent = Unpooled.buffer();
    private ByteBuf out = Unpooled.buffer();
    private @Nullable Connection connection;
    private int flushes;
    private long capacityBytes = Long.MAX_VALUE;
    private boolean paused;
    private boolean resuming;
    private boolean closed;
    private boolean outOfMemory;

    FakeWire(Lane lane) {
        this.lane = lane;
    }

    void connect(Connection newConnection) {
        connection = newConnection;
    }

    private Connection connection() {
        Connection current = connection;
        if (current == null) {
            throw new IllegalStateException("not connected");
        }
        return current;
    }

    /** One read burst of the broker. */
    void receive(ByteBuf bytes) {
        input.writeBytes(bytes);
        bytes.release();
        readOn();
    }

    private void readOn() {
        if (!paused && !closed) {
            connection().read(input);
            input.discardReadBytes();
            connection().readComplete();
        }
    }

    /** What was flushed. */
    ByteBuf sent() {
        return sent;
    }

    int flushes() {
        return flushes;
    }

    boolean isClosed() {
        return closed;
    }

    boolean isPaused() {
        return paused;
    }

    int unread() {
        return input.readableBytes();
    }

    /** There is no memory for output any more. */
    void runOutOfMemory() {
        outOfMemory = true;
    }

    /** The socket takes no more than that, until it is told otherwise. */
    void setCapacity(long bytes) {
        capacityBytes = bytes;
        if (isWritable()) {
            connection().writable();
        }
    }

    @Override
    public ByteBuf out() {
        if (outOfMemory) {
            throw new OutOfMemoryError("no direct buffers are left");
        }
        return out;
    }

    @Override
    public void flush() {
        if (out.isReadable()) {
            flushes++;
            sent.writeBytes(out);
            out = Unpooled.buffer();
        }
    }

    @Override
    public boolean isWritable() {
        return sent.readableBytes() < capacityBytes;
    }

    @Override
    public long unsentBytes() {
        return Math.max(0, sent.readableBytes() - capacityBytes);
    }

    @Override
    public void pauseReading() {
        paused = true;
        resuming = false;
    }

    @Override
    public void resumeReading() {
        resuming = true;
        lane.execute(() -> {
            if (resuming) {
                resuming = false;
                paused = false;
                readOn();
            }
        });
    }

    @Override
    public void close() {
        flush();
        closed = true;
    }
}
