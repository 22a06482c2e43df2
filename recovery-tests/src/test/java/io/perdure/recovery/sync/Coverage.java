package io.perdure.recovery.sync;

import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which acknowledgements left the broker before their message was on the device. */
final class Coverage {

    private static final Pattern NAME = Pattern.compile("p(\\d{5})#(\\d{9});");

    private final Map<String, LogFile> logs = new LinkedHashMap<>();
    private final Map<Integer, SocketStream> streams = new HashMap<>();
    private final Map<Long, Long> durableAt = new HashMap<>();
    private final List<String> uncovered = new ArrayList<>();
    private int mapped;

    Coverage(List<Note> notes) {
        Map<Integer, Note> begun = new HashMap<>();
        for (Note note : notes) {
            switch (note.kind()) {
                case FILE_WRITTEN, SYNC_BEGINS, SYNC_ENDS ->
                    logs.computeIfAbsent(note.path(), p -> new LogFile()).add(note);
                case SOCKET_BEGINS -> begun.put(note.fd(), note);
                case SOCKET_ENDS -> {
                    Note begin = begun.remove(note.fd());
                    if (begin != null) {
                        streams.computeIfAbsent((int) begin.number(), port -> new SocketStream())
                                .add(begin, note.number());
                    }
                }
            }
        }
        logs.values().forEach(this::findMessages);
    }

    /** Notes for each message when the first record that holds it became durable. */
    private void findMessages(LogFile log) {
        for (LogFile.Entry entry : log.entries()) {
            long durable = log.durableAt(entry.endOffset());
            Matcher matcher = NAME.matcher(new String(entry.payload(), StandardCharsets.ISO_8859_1));
            while (matcher.find()) {
                long key = Payload.key(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
                durableAt.merge(key, durable, Math::min);
            }
        }
    }

    /** Checks all PUBACKs and PUBRECs to a client that had one connection, from this port. */
    void check(Trace trace, int port) throws IOException {
        SocketStream stream = streams.get(port);
        if (stream == null) {
            uncovered.add(trace.clientId() + ": nothing was seen of what was sent to port " + port);
            return;
        }
        List<SocketStream.Sent> sent = stream.packets(trace.version()).stream()
                .filter(s -> s.packet() instanceof Packet.Ack ack
                        && (ack.step() == Packet.Step.PUBACK || ack.step() == Packet.Step.PUBREC))
                .toList();
        Map<Integer, Long> keys = new HashMap<>();
        int next = 0;
        for (TraceEvent event : trace.events()) {
            if (event.kind() == Kind.PUBLISH_OUT) {
                keys.put(event.packetId(), event.message());
            } else if (event.kind() == Kind.PUBACK_IN || event.kind() == Kind.PUBREC_IN) {
                SocketStream.Sent acknowledgement = sent.get(next++);
                if (((Packet.Ack) acknowledgement.packet()).packetId() != event.packetId()) {
                    throw new IllegalStateException("stream and trace differ: " + acknowledgement + ", " + event);
                }
                check(trace, event, keys.getOrDefault(event.packetId(), Payload.FOREIGN), acknowledgement);
            }
        }
    }

    private void check(Trace trace, TraceEvent event, long key, SocketStream.Sent acknowledgement) {
        mapped++;
        Long durable = durableAt.get(key);
        if (durable == null || durable > acknowledgement.sequence()) {
            uncovered.add(trace.clientId() + ": " + event.kind() + " id=" + event.packetId() + " for "
                    + Payload.name(key) + " left at " + acknowledgement.sequence()
                    + (durable == null
                            ? ", its message is in no log"
                            : durable == Long.MAX_VALUE
                                    ? ", its record was never synced"
                                    : ", its record was synced at " + durable));
        }
    }

    /** What was found, one line each. */
    List<String> uncovered() {
        return uncovered;
    }

    /** How many acknowledgements were looked at. */
    int mapped() {
        return mapped;
    }

    int syncs() {
        return logs.values().stream().mapToInt(LogFile::syncCount).sum();
    }
}
