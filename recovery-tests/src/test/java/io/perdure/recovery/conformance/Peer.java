package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A network connection to the broker that sends what it is told and answers nothing by itself. For one thread. Whatever
 * it waits for has to come within {@link #PATIENCE_MS}.
 */
final class Peer implements AutoCloseable {

    private static final int PATIENCE_MS = 20_000;

    private final Protocol version;
    private final Socket socket;
    private final InputStream in;
    private final ArrayDeque<Frame> early = new ArrayDeque<>();

    private Peer(InetSocketAddress broker, Protocol version) {
        this.version = version;
        try {
            socket = new Socket(broker.getAddress(), broker.getPort());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MS);
            in = new BufferedInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection on which nothing was sent yet. */
    static Peer open(LiveBroker broker, Protocol version) {
        return new Peer(broker.address(), version);
    }

    /** A client with a clean start whose connection was accepted. */
    static Peer connected(LiveBroker broker, Protocol version, String clientId) {
        return connected(broker, version, new ConnectPacket(version, clientId));
    }

    static Peer connected(LiveBroker broker, Protocol version, ConnectPacket connect) {
        Peer peer = open(broker, version);
        peer.send(connect.bytes());
        assertEquals(0, peer.next().connAck().reasonCode());
        return peer;
    }

    /** A client whose session outlives its connections, whether it has one yet or not. */
    static Peer durable(LiveBroker broker, Protocol version, String clientId) {
        return connected(broker, version, new ConnectPacket(version, clientId).durable());
    }

    /** A client that is back with its durable session: the broker must have kept it. */
    static Peer resumed(LiveBroker broker, Protocol version, String clientId, byte[]... properties) {
        Peer peer = open(broker, version);
        peer.send(new ConnectPacket(version, clientId)
                .properties(properties)
                .durable()
                .bytes());
        Frame.ConnAck connAck = peer.next().connAck();
        assertEquals(0, connAck.reasonCode());
        assertTrue(connAck.sessionPresent(), "the session is gone");
        return peer;
    }

    /** Sends a CONNECT; gives the CONNACK, whatever it says. */
    Frame.ConnAck handshake(ConnectPacket connect) {
        send(connect.bytes());
        return next(PacketKind.CONNACK).connAck();
    }

    Protocol version() {
        return version;
    }

    /** Sends bytes as one segment. */
    void send(byte[]... parts) {
        try {
            socket.getOutputStream().write(Bytes.join(parts));
        } catch (SocketException e) {
            // the broker has closed the connection: what it said before is still to be read
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next packet. */
    Frame next() {
        Frame frame = nextOrEnd();
        if (frame == null) {
            throw new AssertionError("the broker closed the connection");
        }
        return frame;
    }

    Frame next(PacketKind kind) {
        Frame frame = next();
        assertEquals(kind, frame.kind(), frame::toString);
        return frame;
    }

    /** The next packet has to be a PUBLISH with this payload. */
    Frame.Publish nextPublish(String payload) {
        Frame.Publish publish = next(PacketKind.PUBLISH).publish();
        assertEquals(payload, publish.text());
        return publish;
    }

    /** The next packet; null at the end of the connection. */
    @Nullable
    Frame nextOrEnd() {
        Frame frame = early.poll();
        return frame == null ? read() : frame;
    }

    private @Nullable Frame read() {
        try {
            int firstByte = in.read();
            if (firstByte < 0) {
                return null;
            }
            int length = 0;
            int shift = 0;
            int next;
            do {
                next = in.read();
                length |= (next & 0x7F) << shift;
                shift += 7;
            } while (next > 0x7F);
            byte[] body = in.readNBytes(length);
            if (body.length < length) {
                throw new EOFException("in the middle of a packet");
            }
            return new Frame(version, firstByte, body, 1 + shift / 7 + length);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nothing came within " + PATIENCE_MS + " ms", e);
        } catch (SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The broker has to close the connection without a further packet. */
    void expectClosed() {
        Frame frame = nextOrEnd();
        if (frame != null) {
            throw new AssertionError("instead of the end: " + frame);
        }
    }

    /**
     * The broker has to close the connection; in 5.0 it has to say why before [MQTT-4.13.1-1], in 3.1.1 it can't.
     *
     * @return the DISCONNECT; in 3.1.1 an empty one
     */
    Frame.Disconnect expectDisconnect(int reasonCode) {
        if (version == Protocol.MQTT_3_1_1) {
            expectClosed();
            return new Frame.Disconnect(reasonCode, new Frame.Properties(Map.of()));
        }
        Frame.Disconnect disconnect = next(PacketKind.DISCONNECT).disconnect();
        assertEquals(hex(reasonCode), hex(disconnect.reasonCode()));
        expectClosed();
        return disconnect;
    }

    /** The broker has to refuse the connection with this return code or Reason Code, and close it. */
    Frame.ConnAck expectRefusal(int reasonCode) {
        Frame.ConnAck connAck = next(PacketKind.CONNACK).connAck();
        assertEquals(hex(reasonCode), hex(connAck.reasonCode()));
        assertFalse(connAck.sessionPresent(), "a refusal with Session Present");
        expectClosed();
        return connAck;
    }

    /** The connection has to be in service, with nothing more to read. */
    void expectQuiet() {
        send(Bytes.hex("c0 00"));
        next(PacketKind.PINGRESP);
    }

    private static String hex(int reasonCode) {
        return String.format("0x%02X", reasonCode);
    }

    /** Sends a PUBLISH; a packet identifier of 0 is left out. */
    void publish(int flags, String topic, int packetId, String payload, byte[]... properties) {
        send(publishPacket(flags, topic, packetId, payload, properties));
    }

    byte[] publishPacket(int flags, String topic, int packetId, String payload, byte[]... properties) {
        return packet(
                PacketKind.PUBLISH.firstByte() | flags,
                text(topic),
                packetId == 0 ? new byte[0] : u16(packetId),
                properties(version, properties),
                payload.getBytes(StandardCharsets.UTF_8));
    }

    /** Publishes at QoS 1 and waits for the PUBACK; gives its Reason Code. */
    int publishAcknowledged(String topic, int packetId, String payload, byte[]... properties) {
        publish(0x02, topic, packetId, payload, properties);
        Frame.Ack ack = next(PacketKind.PUBACK).ack();
        assertEquals(packetId, ack.packetId());
        return ack.reasonCode();
    }

    /** Subscribes with one filter and waits for the SUBACK; gives its Reason Code. */
    int subscribe(int packetId, String filter, int options, byte[]... properties) {
        send(packet(
                PacketKind.SUBSCRIBE.firstByte(),
                u16(packetId),
                properties(version, properties),
                text(filter),
                u8(options)));
        Frame.Codes subAck = next(PacketKind.SUBACK).codes();
        assertEquals(packetId, subAck.packetId());
        assertEquals(1, subAck.reasonCodes().size());
        return subAck.reasonCodes().get(0);
    }

    /** Sends a SUBSCRIBE or an UNSUBSCRIBE and waits for its answer. */
    Frame.Codes request(SubscribePacket packet) {
        byte[] bytes = packet.bytes();
        send(bytes);
        boolean subscribe = (bytes[0] & 0xF0) == (PacketKind.SUBSCRIBE.firstByte() & 0xF0);
        return next(subscribe ? PacketKind.SUBACK : PacketKind.UNSUBACK).codes();
    }

    /** Unsubscribes and waits for the UNSUBACK; gives its Reason Codes, of which 3.1.1 has none. */
    List<Integer> unsubscribe(int packetId, String... filters) {
        SubscribePacket packet = SubscribePacket.unsubscribe(version, packetId);
        for (String filter : filters) {
            packet.filter(filter);
        }
        Frame.Codes unsubAck = request(packet);
        assertEquals(packetId, unsubAck.packetId());
        return unsubAck.reasonCodes();
    }

    /** Sends a PUBACK, PUBREC, PUBREL or PUBCOMP in its short form. */
    void acknowledge(PacketKind kind, int packetId) {
        send(packet(kind.firstByte(), u16(packetId)));
    }

    /** The same with a Reason Code; only in 5.0. */
    void acknowledge(PacketKind kind, int packetId, int reasonCode) {
        send(packet(kind.firstByte(), u16(packetId), u8(reasonCode)));
    }

    /** The next packet has to be this acknowledgement; gives its Reason Code. */
    int nextAck(PacketKind kind, int packetId) {
        Frame.Ack ack = next(kind).ack();
        assertEquals(packetId, ack.packetId());
        return ack.reasonCode();
    }

    /** Publishes at QoS 2, to the end of the handshake; gives the Reason Code of the PUBREC. */
    int publishReleased(String topic, int packetId, String payload, byte[]... properties) {
        publish(0x04, topic, packetId, payload, properties);
        int reasonCode = nextAck(PacketKind.PUBREC, packetId);
        acknowledge(PacketKind.PUBREL, packetId);
        assertEquals(0, nextAck(PacketKind.PUBCOMP, packetId));
        return reasonCode;
    }

    /**
     * The next packet has to be a PUBLISH with this payload; it is acknowledged to the end, as its QoS wants. What comes
     * before its PUBREL is kept for later.
     */
    Frame.Publish receive(String payload) {
        Frame.Publish publish = nextPublish(payload);
        if (publish.qos() == 1) {
            acknowledge(PacketKind.PUBACK, publish.packetId());
        } else if (publish.qos() == 2) {
            acknowledge(PacketKind.PUBREC, publish.packetId());
            Frame frame = read();
            while (frame != null && frame.kind() == PacketKind.PUBLISH) {
                early.add(frame);
                frame = read();
            }
            assertEquals(
                    publish.packetId(),
                    Objects.requireNonNull(frame, "no PUBREL").ack().packetId());
            acknowledge(PacketKind.PUBCOMP, publish.packetId());
        }
        return publish;
    }

    /** Sends the DISCONNECT that ends a connection as it should be, and waits for the end. */
    void disconnect() {
        send(Bytes.hex("e0 00"));
        expectClosed();
        close();
    }

    /** Ends the stream without a DISCONNECT, and waits until the broker has noticed. */
    void drop() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        expectClosed();
        close();
    }

    /** Like {@link #disconnect}, but throws away what has not been read. */
    void leave() {
        send(Bytes.hex("e0 00"));
        Frame frame = nextOrEnd();
        while (frame != null) {
            frame = nextOrEnd();
        }
        close();
    }

    /** Properties where the version has them. */
    static byte[] properties(Protocol version, byte[]... all) {
        return version == Protocol.MQTT_5 ? Bytes.properties(all) : new byte[0];
    }

    /** Ends the connection without a DISCONNECT. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
