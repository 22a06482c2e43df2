package io.perdure.recovery.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.server.connection.Connection;
import io.perdure.server.connection.ConnectionLoop;
import io.perdure.server.connection.Wire;
import org.jspecify.annotations.Nullable;

/**
 * A network connection, which does what the scheduler says: moves some bytes, breaks, and lets each side see that it is
 * broken at another time. The broker's end is what a socket is to it.
 */
final class Link {

    /** Who wanted the connection to end, as its client is told. */
    enum End {
        /** The broker closed it, and all that it had sent came before. */
        CLOSED_BY_BROKER,
        /** It was cut, or the broker died. */
        CUT
    }

    final SimClient client;
    /** Of the client's connections, from 1. */
    int number;

    private final SimLane lane;
    private final int capacityBytes;
    private final BrokerEnd brokerEnd = new BrokerEnd();
    private final Bytes up = new Bytes();
    private final Bytes down = new Bytes();
    private final Connection connection;
    /** The client sends nothing more. */
    private boolean upEnded;
    /** The broker sends nothing more. */
    private boolean downEnded;

    private boolean cut;
    private boolean brokerKnows;
    private boolean clientKnows;

    /** @param capacityBytes what may be under way to the client before the broker has to wait */
    Link(SimClient client, ConnectionLoop loop, SimLane lane, int capacityBytes) {
        this.client = client;
        this.lane = lane;
        this.capacityBytes = capacityBytes;
        this.connection = loop.open(brokerEnd, client.name());
    }

    // ---- the client's end

    void send(byte[] bytes) {
        if (!cut && !upEnded && !brokerKnows) {
            up.add(bytes);
        }
    }

    /** The client sends no more; what it has sent arrives. */
    void finish() {
        upEnded = true;
    }

    int downBytes() {
        return clientKnows ? 0 : down.size();
    }

    byte[] takeDown(int count) {
        byte[] taken = down.take(count);
        if (brokerEnd.full && down.size() < capacityBytes) {
            brokerEnd.full = false;
            lane.execute(brokerEnd::drained);
        }
        return taken;
    }

    /** What the client can see of the end now; null: nothing yet. */
    @Nullable
    End clientCanSee() {
        if (clientKnows) {
            return null;
        }
        if (cut) {
            return End.CUT;
        }
        return downEnded && down.size() == 0 ? End.CLOSED_BY_BROKER : null;
    }

    /** The client has seen the end, or does not look any more. */
    void clientIsGone() {
        clientKnows = true;
        upEnded = true;
    }

    // ---- the network

    boolean isCut() {
        return cut;
    }

    /** Breaks it. What is under way to the broker is lost; of the rest the first bytes may have got through. */
    void cut(int downBytesThatArrive) {
        cut = true;
        up.truncate(0);
        down.truncate(Math.min(down.size(), downBytesThatArrive));
    }

    // ---- the broker's end

    int upBytes() {
        return brokerKnows || brokerEnd.closed || brokerEnd.paused ? 0 : up.size();
    }

    void deliverUp(int count) {
        brokerEnd.receive(up.take(count));
    }

    boolean brokerCanSeeEnd() {
        return !brokerKnows && (cut || (upEnded && !brokerEnd.paused && (up.size() == 0 || brokerEnd.closed)));
    }

    void brokerSeesEnd() {
        brokerKnows = true;
        brokerEnd.ended();
    }

    /** The broker has died. */
    void brokerDied() {
        brokerKnows = true;
        brokerEnd.closed = true;
    }

    /** Whether nothing can happen on it any more. */
    boolean isOver() {
        return brokerKnows && clientKnows;
    }

    /** What the connection takes for its socket; as {@code SocketWire} does it. */
    private final class BrokerEnd implements Wire {
        private final ByteBuf held = Unpooled.buffer();
        private ByteBuf out = Unpooled.buffer();
        private boolean full;
        private boolean paused;
        private boolean resuming;
        private boolean inputEnded;
        private boolean closed;

        void receive(byte[] bytes) {
            held.writeBytes(bytes);
            read();
        }

        private void read() {
            if (!paused && !closed) {
                connection.read(held);
                held.discardReadBytes();
            }
            if (!closed) {
                connection.readComplete();
            }
        }

        void ended() {
            if (held.isReadable() && paused && !closed) {
                inputEnded = true; // what the client sent before it left counts
            } else {
                connection.closed();
            }
        }

        void drained() {
            if (!closed) {
                connection.writable();
            }
        }

        @Override
        public ByteBuf out() {
            return out;
        }

        @Override
        public void flush() {
            if (out.isReadable() && !cut && !clientKnows) {
                byte[] bytes = new byte[out.readableBytes()];
                out.readBytes(bytes);
                down.add(bytes);
            }
            out = Unpooled.buffer();
        }

        @Override
        public boolean isWritable() {
            full |= down.size() >= capacityBytes;
            return !full;
        }

        @Override
        public long unsentBytes() {
            return Math.max(0, down.size() - capacityBytes);
        }

        @Override
        public void pauseReading() {
            paused = true;
            resuming = false;
        }

        @Override
        public void resumeReading() {
            resuming = true;
            lane.execute(this::readOn);
        }

        private void readOn() {
            if (closed || !resuming) {
                return;
            }
            resuming = false;
            paused = false;
            if (held.isReadable()) {
                read();
            }
            if (!paused && !closed && inputEnded) {
                connection.closed();
            }
        }

        @Override
        public void close() {
            if (!closed) {
                flush();
                closed = true;
                downEnded = true;
            }
        }
    }
}
