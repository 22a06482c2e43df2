package io.perdure.recovery.interop;

import java.util.ArrayDeque;
import java.util.Deque;

/** The clients of one test, each with a Client Identifier of its own; ends them. */
final class Clients implements AutoCloseable {

    private final Deque<ForeignClient> open = new ArrayDeque<>();

    /** A client that is not connected yet. */
    ForeignClient client(Candidate candidate, String name, int port) throws Exception {
        String clientId = candidate.id() + "-" + name; // 23 characters at most, for MQTT 3.1
        ForeignClient client = candidate.library().client(candidate.version(), clientId, port, false);
        open.push(client);
        return client;
    }

    /** A client with a session that is kept, which connects again by itself; connected. */
    ForeignClient resuming(Candidate candidate, String name, int port) throws Exception {
        ForeignClient client = candidate.library().client(candidate.version(), candidate.id() + "-" + name, port, true);
        open.push(client);
        client.connect(true, null);
        return client;
    }

    /** A client that is connected, without a session that is kept and without a Will. */
    ForeignClient connected(Candidate candidate, String name, int port) throws Exception {
        ForeignClient client = client(candidate, name, port);
        client.connect(false, null);
        return client;
    }

    @Override
    public void close() {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
