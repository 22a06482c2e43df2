package io.perdure.tools.torture;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.DecodeException;
import io.perdure.protocol.codec.DecodeScratch;
import io.perdure.protocol.codec.Decoder;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import org.jspecify.annotations.Nullable;

/** A socket that packets go through, for one thread. */
final class Connection implements AutoCloseable {

    /** The broker sent what MQTT does not allow. */
    static final class ProtocolException extends IOException {

        ProtocolException(String message) {
            super(message);
        }
    }

    private static final int READ_BYTES = 1 << 16;

    private final MqttVersion version;
    private final Socket socket = new Socket();
    private final Decoder decoder = new Decoder(Decoder.Sender.SERVER, new DecodeScratch(), Packet.LARGEST_BYTES);
    private final ByteBuf in = Unpooled.buffer(READ_BYTES);
    private final ByteBuf out = Unpooled.buffer(READ_BYTES);

    /** @throws IOException if nobody listens there, or does not answer in time */
    Connection(InetSocketAddress address, MqttVersion version, int timeoutMs) throws IOException {
        this.version = version;
        decoder.setVersion(version);
        try {
            socket.setTcpNoDelay(true);
            socket.connect(resolved(address), timeoutMs);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A name is resolved each time: the broker may come back under another address. */
    private static InetSocketAddress resolved(InetSocketAddress address) {
        return address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
    }

    /** Sent with the next {@link #flush}. */
    void send(Packet packet) {
        if (!Encoder.encode(packet, version, out, Packet.LARGEST_BYTES)) {
            throw new IllegalArgumentException(packet + " in " + version);
        }
    }

    void flush() throws IOException {
        out.readBytes(socket.getOutputStream(), out.readableBytes());
        out.clear();
    }

    /**
     * The next packet, or null if none comes in time.
     *
     * @param timeoutMs how long to wait for the next bytes; at least 1
     */
    @Nullable
    Packet receive(int timeoutMs) throws IOException {
        Packet packet = decode();
        if (packet != null) {
            return packet;
        }
        in.discardReadBytes();
        in.ensureWritable(READ_BYTES);
        socket.setSoTimeout(timeoutMs);
        try {
            if (in.writeBytes(socket.getInputStream(), READ_BYTES) < 0) {
                throw new IOException("the broker has closed the connection");
            }
        } catch (SocketTimeoutException nothingCame) {
            return null;
        }
        return decode();
    }

    /** The next packet of what has been read; null if there is none. */
    @Nullable
    Packet decode() throws ProtocolException {
        try {
            return decoder.decode(in);
        } catch (DecodeException e) {
            throw new ProtocolException("got a malformed packet: " + e.getMessage());
        }
    }

    /** Cuts it with a reset. */
    @Override
    public void close() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            // then there is nothing to cut short
        }
        leave();
    }

    /** Closes it in order. */
    void leave() {
        try {
            socket.close();
        } catch (IOException alreadyClosed) {
            // nothing of it is used any more
        }
    }
}
