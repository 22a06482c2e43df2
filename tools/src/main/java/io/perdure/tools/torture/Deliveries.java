package io.perdure.tools.torture;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a session, with the rules for what is sent again on a later connection: what was open comes first,
 * in order, with the same Packet Identifier and with DUP. Not thread-safe; bounded by the number of Packet Identifiers.
 */
final class Deliveries {

    private record Last(Message message, int qos, int connection) {}

    /** Whether a delivery is a message of its own, and what is wrong with it, or null. */
    record Ruling(boolean fresh, @Nullable String complaint) {}

    private final Map<Integer, Last> lastById = new HashMap<>();

    /** Received, and neither PUBACK nor PUBREC was sent; in the order of the session's queue. */
    private final Map<Integer, Message> unacknowledged = new LinkedHashMap<>();

    /** PUBREC was sent, and no PUBREL came. */
    private final Set<Integer> unreleased = new LinkedHashSet<>();

    /** Of the unacknowledged, what has not come again on this connection. */
    private final Deque<Integer> owed = new ArrayDeque<>();

    private int connection;

    /** A connection begins. */
    void connected(boolean sessionPresent) {
        connection++;
        owed.forEach(this::toEnd); // what the connection before has not got again follows what it has
        owed.clear();
        if (sessionPresent) {
            owed.addAll(unacknowledged.keySet());
        } else {
            lastById.clear();
            unacknowledged.clear();
            unreleased.clear();
        }
    }

    /** A PUBLISH of QoS 1 or 2. */
    Ruling received(int packetId, int qos, boolean dup, Message message) {
        Last last = lastById.get(packetId);
        boolean open = unacknowledged.containsKey(packetId) || unreleased.contains(packetId);
        if (last != null && (open || (qos == 1 && last.qos == 1 && last.message.equals(message)))) {
            String complaint = again(packetId, dup, message, last);
            lastById.put(packetId, new Last(message, qos, connection));
            return new Ruling(!last.message.equals(message), complaint);
        }
        String complaint = null;
        if (!owed.isEmpty()) {
            complaint = "got " + message + " before " + owed.size() + " that were open came again, the first of them "
                    + unacknowledged.get(owed.getFirst()) + " with id " + owed.getFirst();
            owed.forEach(unacknowledged::remove);
            owed.clear();
        }
        lastById.put(packetId, new Last(message, qos, connection));
        unacknowledged.put(packetId, message);
        return new Ruling(true, complaint);
    }

    private void toEnd(int packetId) {
        Message message = unacknowledged.remove(packetId);
        if (message != null) {
            unacknowledged.put(packetId, message);
        }
    }

    private @Nullable String again(int packetId, boolean dup, Message message, Last last) {
        boolean first = packetId == (owed.isEmpty() ? packetId : owed.getFirst());
        boolean wasOwed = owed.remove((Integer) packetId);
        if (!unreleased.contains(packetId)) {
            unacknowledged.put(packetId, message);
            toEnd(packetId);
        }
        if (!last.message.equals(message)) {
            return "got " + message + " with id " + packetId + ", under which " + last.message + " is open";
        }
        if (last.connection == connection) {
            return "got " + message + " again on the same connection";
        }
        if (!dup) {
            return "got " + message + " again with id " + packetId + ", but without DUP";
        }
        return wasOwed && !first ? "got " + message + " again before older ones that are open" : null;
    }

    /** PUBACK or PUBREC is sent. */
    void acknowledged(int packetId, int qos) {
        unacknowledged.remove(packetId);
        if (qos == 2) {
            unreleased.add(packetId);
        }
    }

    /** PUBREL came. */
    void released(int packetId) {
        unreleased.remove(packetId);
    }

    /** How many are begun and not finished. */
    int open() {
        return unacknowledged.size() + unreleased.size();
    }

    String describeOpen() {
        return unacknowledged.size() + " were not sent again " + unacknowledged.keySet() + ", " + unreleased.size()
                + " have no PUBREL " + unreleased;
    }
}
