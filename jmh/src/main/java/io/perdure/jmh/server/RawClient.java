package io.perdure.jmh.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.DecodeScratch;
import io.perdure.protocol.codec.Decoder;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A blocking MQTT client that costs little: packets in and out of two buffers. For one thread. */
final class RawClient implements AutoCloseable {

    private final Socket socket = new Socket();
    private final Decoder decoder = new Decoder(Decoder.Sender.SERVER, new DecodeScratch(), Packet.LARGEST_BYTES);
    private final ByteBuf in = Unpooled.buffer(1 << 20);
    private final ByteBuf out = Unpooled.buffer(1 << 20);

    RawClient(InetSocketAddress address, String clientId) throws IOException {
        socket.setTcpNoDelay(true);
        socket.connect(address);
        decoder.setVersion(MqttVersion.V3_1_1);
        send(Connect.builder(MqttVersion.V3_1_1, clientId).cleanStart(false).build());
        flush();
        receive();
    }

    /** What is sent at the next {@link #flush}. */
    ByteBuf out() {
        return out;
    }

    void send(Packet packet) {
        Encoder.encode(packet, MqttVersion.V3_1_1, out, Packet.LARGEST_BYTES);
    }

    void flush() throws IOException {
        out.readBytes(socket.getOutputStream(), out.readableBytes());
        out.clear();
    }

    /** The next packet; waits for it. */
    Packet receive() throws IOException {
        Packet packet = decoder.decode(in);
        while (packet == null) {
            in.discardReadBytes();
            if (in.writeBytes(socket.getInputStream(), Math.min(65_536, in.writableBytes())) < 0) {
                throw new IOException("the broker has closed the connection");
            }
            packet = decoder.decode(in);
        }
        return packet;
    }

    /** Whether {@link #receive} would have to wait for the socket. */
    boolean isDrained() {
        return !in.isReadable();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
