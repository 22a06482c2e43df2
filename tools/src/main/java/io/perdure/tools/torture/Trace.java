package io.perdure.tools.torture;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The last {@value #KEPT} things that happened to a client, as evidence. Any thread. */
final class Trace {

    private static final int KEPT = 256;

    private record Event(
            long timeNs,
            int connection,
            String what,
            int packetId,
            int qos,
            boolean dup,
            @Nullable Message message) {}

    private final String clientId;
    private final long originNs;
    private final Deque<Event> events = new ArrayDeque<>(KEPT);

    /** @param originNs what times are counted from */
    Trace(String clientId, long originNs) {
        this.clientId = clientId;
        this.originNs = originNs;
    }

    String clientId() {
        return clientId;
    }

    /** Notes what is no message. */
    void note(long nowNs, int connection, String what) {
        add(new Event(nowNs, connection, what, 0, -1, false, null));
    }

    /** Notes an acknowledgement. */
    void note(long nowNs, int connection, String what, int packetId) {
        add(new Event(nowNs, connection, what, packetId, -1, false, null));
    }

    /** Notes a message. */
    void note(long nowNs, int connection, String what, int packetId, int qos, boolean dup, @Nullable Message message) {
        add(new Event(nowNs, connection, what, packetId, qos, dup, message));
    }

    private synchronized void add(Event event) {
        if (events.size() == KEPT) {
            events.removeFirst();
        }
        events.addLast(event);
    }

    /** The last of them, one line each. */
    synchronized List<String> tail(int lines) {
        List<String> tail = new ArrayList<>();
        int skipped = Math.max(0, events.size() - lines);
        events.stream().skip(skipped).forEach(event -> tail.add(line(event)));
        return tail;
    }

    private String line(Event event) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "%9.3f s  %s  connection %d  %s",
                (event.timeNs - originNs) / 1e9,
                clientId,
                event.connection,
                event.what));
        if (event.packetId != 0) {
            line.append(" id ").append(event.packetId);
        }
        if (event.qos >= 0) {
            line.append(" QoS ").append(event.qos).append(event.dup ? " DUP" : "");
            line.append(' ').append(event.message == null ? "with a foreign payload" : event.message);
        }
        return line.toString();
    }
}
