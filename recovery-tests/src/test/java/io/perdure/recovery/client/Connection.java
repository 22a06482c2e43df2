package io.perdure.recovery.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One network connection of a client: a socket, and a thread that reads it. Packets to send are collected by {@link
 * #send} and written by {@link #flush}; one thread at a time writes, the others leave their packets to it.
 */
final class Connection {

    /** What the reading thread tells. */
    interface Handler {

        /** Called before each read; may block while the client does not want to read. */
        void beforeRead(Connection connection);

        void received(Connection connection, Packet packet);

        /** The last call. */
        void closed(Connection connection, IOException cause);
    }

    private final int number;
    private final Socket socket;
    private final Handler handler;
    private final PacketWriter writer;
    private final PacketReader reader;
    private final BufferedInputStream in;
    private final ReentrantLock writing = new ReentrantLock();
    private final TopicAliases aliases = new TopicAliases();
    private ByteArrayOutputStream pending = new ByteArrayOutputStream();

    Connection(int number, Socket socket, Version version, Handler handler) throws IOException {
        this.number = number;
        this.socket = socket;
        this.handler = handler;
        this.writer = new PacketWriter(version);
        this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        this.reader = new PacketReader(version, in);
    }

    int number() {
        return number;
    }

    int localPort() {
        return socket.getLocalPort();
    }

    void start(String clientId) {
        Thread thread = new Thread(this::readAll, "mqtt " + clientId + " c" + number);
        thread.setDaemon(true);
        thread.start();
    }

    private void readAll() {
        try {
            while (true) {
                handler.beforeRead(this);
                handler.received(this, aliases.resolve(reader.read()));
                if (in.available() == 0) {
                    flush();
                }
            }
        } catch (IOException e) {
            close();
            handler.closed(this, e);
        }
    }

    synchronized void send(Packet packet) {
        pending.writeBytes(writer.encode(packet));
    }

    private synchronized byte[] takePending() {
        byte[] bytes = pending.toByteArray();
        pending = new ByteArrayOutputStream();
        return bytes;
    }

    private synchronized boolean hasPending() {
        return pending.size() > 0;
    }

    /** Writes what was sent. An error closes the connection; the reading thread reports it. */
    void flush() {
        while (hasPending() && writing.tryLock()) {
            try {
                byte[] bytes = takePending();
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                close();
                return;
            } finally {
                writing.unlock();
            }
        }
    }

    /** No more is sent; what the broker still has to say is read. */
    void finish() {
        flush();
        writing.lock();
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            close();
        } finally {
            writing.unlock();
        }
    }

    /** Cuts the connection with a reset. */
    void abort() {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // it is closed already
        }
        close();
    }

    private void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing of it is used any more
        }
    }
}
