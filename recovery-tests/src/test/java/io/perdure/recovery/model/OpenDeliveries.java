package io.perdure.recovery.model;

import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Follows the deliveries to one session through its connections, as its subscriber sees them. */
final class OpenDeliveries {

    private enum State {
        /** PUBLISH came; nothing was answered. */
        DELIVERED,
        /** PUBREC was sent. */
        RECEIVED,
        /** PUBREL came. */
        RELEASED,
        /** PUBACK or PUBCOMP was sent: the broker may know or not. */
        ANSWERED
    }

    private static final class Delivery {
        final int packetId;
        final long message;
        final int firstIndex;
        State state = State.DELIVERED;
        int connection;
        /** The place of its last PUBREC among all. */
        long receivedOrder;
        /** The connection of its last PUBREC. */
        int receivedConnection;

        Delivery(TraceEvent event, int index) {
            this.packetId = event.packetId();
            this.message = event.message();
            this.firstIndex = index;
            this.connection = event.connection();
        }

        @Override
        public String toString() {
            return Payload.name(message) + " id=" + packetId;
        }
    }

    private final History history;
    private final Trace trace;
    private final Findings findings;
    private final Map<Integer, Delivery> byId = new HashMap<>();
    /** Of earlier connections, in use; in the original order. What has come again is taken out. */
    private final Map<Integer, Delivery> owed = new LinkedHashMap<>();

    private int connection;
    private long receivedCount;
    private int lastAgainIndex;
    private long lastOldRelease;
    private long lastNewRelease;
    private boolean newSeen;

    OpenDeliveries(History history, Trace trace, Findings findings) {
        this.history = history;
        this.trace = trace;
        this.findings = findings;
    }

    /** CONNACK. */
    void connected(boolean sessionPresent) {
        connection++;
        lastAgainIndex = -1;
        lastOldRelease = 0;
        lastNewRelease = 0;
        newSeen = false;
        owed.clear();
        if (!sessionPresent) {
            byId.clear();
            return;
        }
        List<Delivery> unfinished = new ArrayList<>(byId.values());
        unfinished.removeIf(delivery -> delivery.state == State.ANSWERED);
        unfinished.sort((a, b) -> Integer.compare(a.firstIndex, b.firstIndex));
        unfinished.forEach(delivery -> owed.put(delivery.packetId, delivery));
    }

    /** CONNACK with Session Present after the client had ended its session: it may be that session or a new one. */
    void connectedPerhapsAnew() {
        byId.values().removeIf(delivery -> delivery.state == State.DELIVERED);
        byId.values().forEach(delivery -> delivery.state = State.ANSWERED);
        connected(true);
    }

    /** PUBLISH, QoS 1 or 2. */
    void published(TraceEvent event, int index) {
        Delivery known = byId.get(event.packetId());
        boolean inUse = known != null && known.state != State.ANSWERED;
        if (known != null && inUse && known.message != event.message()) {
            findings.add(
                    "the identifier of " + known + ", still in use, was given to " + Payload.name(event.message()),
                    trace,
                    index);
        } else if (known != null && inUse && !event.dup()) {
            findings.add(known + " came again without DUP", trace, index);
        }
        if (!event.dup()) {
            newSeen = true;
            if (!owed.isEmpty()) {
                findings.add("a new message came before " + owed.values() + " came again", trace, index);
                owed.clear();
            }
        } else if (newSeen) {
            findings.add("a message with DUP came after a new one", trace, index);
        }
        if (known != null && known.message == event.message() && event.dup()) {
            again(known, index);
        } else {
            byId.put(event.packetId(), new Delivery(event, index));
        }
        Delivery now = byId.get(event.packetId());
        if (now != null) {
            now.connection = connection;
        }
    }

    private void again(Delivery delivery, int index) {
        if (delivery.state == State.RELEASED) {
            findings.add("PUBLISH came again for " + delivery + " after its PUBREL", trace, index);
        }
        if (delivery.connection == connection) {
            findings.add(delivery + " came again on the same connection", trace, index);
        }
        if (!mayExpire(delivery.message)) {
            if (delivery.firstIndex < lastAgainIndex) {
                findings.add(delivery + " came again out of the original order", trace, index);
            }
            lastAgainIndex = delivery.firstIndex;
        }
        delivery.state = State.DELIVERED;
        owed.remove(delivery.packetId);
    }

    /** Such a message may have been left out as expired and be sent, since it may have been, after a crash. */
    private boolean mayExpire(long key) {
        Published message = history.published().get(key);
        return message != null && message.mayExpire();
    }

    /** PUBACK, PUBREC or PUBCOMP was sent. */
    void answered(Kind kind, int packetId) {
        Delivery delivery = byId.get(packetId);
        if (delivery == null) {
            return;
        }
        if (kind == Kind.PUBREC_OUT) {
            delivery.state = State.RECEIVED;
            delivery.receivedOrder = ++receivedCount;
            delivery.receivedConnection = connection;
        } else {
            delivery.state = State.ANSWERED;
        }
    }

    /** PUBREL. */
    void released(int packetId, int index) {
        Delivery delivery = byId.get(packetId);
        if (delivery == null || delivery.state == State.DELIVERED) {
            findings.add("PUBREL for identifier " + packetId + " without a PUBREC", trace, index);
            return;
        }
        if (delivery.receivedConnection == connection) {
            if (delivery.receivedOrder < lastNewRelease) {
                findings.add("PUBREL for " + delivery + " is not in the order of the PUBRECs", trace, index);
            }
            lastNewRelease = delivery.receivedOrder;
        } else {
            if (delivery.receivedOrder < lastOldRelease) {
                findings.add("PUBREL came again for " + delivery + ", not in the order of the PUBRECs", trace, index);
            }
            lastOldRelease = delivery.receivedOrder;
        }
        delivery.state = State.RELEASED;
        owed.remove(packetId);
    }

    /** The run is over. */
    void over() {
        for (Delivery delivery : byId.values()) {
            if (delivery.state != State.ANSWERED) {
                findings.add(delivery + " is left open: " + delivery.state, trace, delivery.firstIndex);
            }
        }
    }
}
