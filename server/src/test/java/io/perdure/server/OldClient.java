package io.perdure.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.HexFormat;

/**
 * A client of MQTT 3.1 as devices have it: a socket and bytes, no session state, nothing shared with the broker's codec.
 * For one thread; waits 20 seconds at most.
 */
final class OldClient implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;

    private OldClient(Broker broker) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), Clients.port(broker));
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
    }

    /** What to write into a packet. */
    interface Body {
        void writeTo(DataOutputStream out) throws IOException;
    }

    /** Connects and gets the one CONNACK that accepts. */
    static OldClient connected(Broker broker, String clientId, boolean cleanSession) throws IOException {
        OldClient client = new OldClient(broker);
        client.send(0x10, out -> {
            out.writeUTF("MQIsdp");
            out.writeByte(3);
            out.writeByte(cleanSession ? 0x02 : 0);
            out.writeShort(60);
            out.writeUTF(clientId);
        });
        client.expect("20 02 00 00");
        return client;
    }

    /** Connects with a clean session, and a Will of QoS 1. */
    static OldClient connectedWithWill(Broker broker, String clientId, String topic, String message)
            throws IOException {
        OldClient client = new OldClient(broker);
        client.send(0x10, out -> {
            out.writeUTF("MQIsdp");
            out.writeByte(3);
            out.writeByte(0x0E);
            out.writeShort(60);
            out.writeUTF(clientId);
            out.writeUTF(topic);
            out.writeUTF(message);
        });
        client.expect("20 02 00 00");
        return client;
    }

    /** Subscribes at QoS 2 and gets SUBACK. */
    void subscribe(String filter) throws IOException {
        send(0x82, out -> {
            out.writeShort(1);
            out.writeUTF(filter);
            out.writeByte(2);
        });
        expect("90 03 00 01 02");
    }

    /** @param packetId of a message of QoS 1 or 2; else 0 */
    void publish(int firstByte, String topic, int packetId, String payload) throws IOException {
        send(firstByte, out -> {
            out.writeUTF(topic);
            if (packetId > 0) {
                out.writeShort(packetId);
            }
            out.writeBytes(payload);
        });
    }

    /** Sends a packet of less than 130 bytes. */
    void send(int firstByte, Body body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        body.writeTo(new DataOutputStream(bytes));
        ByteArrayOutputStream packet = new ByteArrayOutputStream();
        packet.write(firstByte);
        packet.write(bytes.size());
        bytes.writeTo(packet);
        socket.getOutputStream().write(packet.toByteArray());
    }

    /** Sends bytes. */
    void send(String hex) throws IOException {
        socket.getOutputStream().write(HexFormat.ofDelimiter(" ").parseHex(hex));
    }

    /** Gets a packet and compares all of its bytes. */
    void expect(String hex) throws IOException {
        assertEquals(hex, next());
    }

    /** Gets a PUBLISH. */
    void expectPublish(int firstByte, String topic, int packetId, String payload) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF(topic);
        if (packetId > 0) {
            body.writeShort(packetId);
        }
        body.writeBytes(payload);
        byte[] packet = new byte[2 + bytes.size()];
        packet[0] = (byte) firstByte;
        packet[1] = (byte) bytes.size();
        System.arraycopy(bytes.toByteArray(), 0, packet, 2, bytes.size());
        expect(HexFormat.ofDelimiter(" ").formatHex(packet));
    }

    private String next() throws IOException {
        byte[] header = in.readNBytes(2);
        if (header.length < 2) {
            return "closed";
        }
        byte[] packet = new byte[2 + header[1]];
        System.arraycopy(header, 0, packet, 0, 2);
        in.readFully(packet, 2, header[1]);
        return HexFormat.ofDelimiter(" ").formatHex(packet);
    }

    /** Waits until the broker has closed the connection, without another word. */
    void expectEnd() throws IOException {
        assertEquals("closed", next());
    }

    /** Leaves with DISCONNECT. */
    void disconnect() throws IOException {
        send("e0 00");
        expectEnd();
        close();
    }

    /** Cuts the connection. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
