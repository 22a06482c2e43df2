package io.perdure.recovery.model;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A run, sorted by messages and receivers. */
final class History {

    /** An empty retained message. */
    static final class Clearing {
        final String topic;
        final long firstSentNs;
        long lastSentNs;
        /** 0: it was not. */
        long acknowledgedNs;

        Clearing(TraceEvent event) {
            this.topic = event.text();
            this.firstSentNs = event.timeNs();
        }
    }

    private final Run run;
    private final Map<Trace, List<TraceEvent>> events = new LinkedHashMap<>();
    private final Map<Long, Published> published = new LinkedHashMap<>();
    private final Map<String, Receiver> receivers = new LinkedHashMap<>();
    private final List<Clearing> clearings = new ArrayList<>();
    private final Map<Trace, Lives> lives = new HashMap<>();

    History(Run run) {
        this.run = run;
        for (Trace trace : run.traces()) {
            events.put(trace, trace.events());
        }
        events.forEach((trace, list) -> lives.put(trace, new Lives(trace, list)));
        events.forEach(this::readPublications);
        events.forEach(this::readReceptions);
    }

    Run run() {
        return run;
    }

    /** Each trace with its events. */
    Map<Trace, List<TraceEvent>> events() {
        return events;
    }

    /** By key, wills included. */
    Map<Long, Published> published() {
        return published;
    }

    /** What removed retained messages. */
    List<Clearing> clearings() {
        return clearings;
    }

    Iterable<Receiver> receivers() {
        return receivers.values();
    }

    /** The sessions of a client. */
    Lives lives(Trace trace) {
        Lives known = lives.get(trace);
        if (known == null) {
            throw new IllegalArgumentException("a trace of another run");
        }
        return known;
    }

    /** Whether a session of this connection outlives it. */
    static boolean durable(Trace trace, TraceEvent connect) {
        return trace.version() == Version.V5 ? connect.seconds() > 0 : !connect.flag();
    }

    /** Whether it is without an end. */
    static boolean permanent(Trace trace, TraceEvent connect) {
        return durable(trace, connect)
                && (trace.version() != Version.V5 || connect.seconds() == ClientOptions.NO_EXPIRY);
    }

    /** How long a session outlives this connection, in seconds. */
    static long lastsS(Trace trace, TraceEvent connect) {
        if (!durable(trace, connect)) {
            return 0;
        }
        return trace.version() == Version.V5 ? connect.seconds() : ClientOptions.NO_EXPIRY;
    }

    private void readPublications(Trace trace, List<TraceEvent> list) {
        Map<Integer, Published> open = new HashMap<>();
        Map<Integer, Clearing> emptied = new HashMap<>();
        for (int i = 0; i < list.size(); i++) {
            TraceEvent event = list.get(i);
            switch (event.kind()) {
                case WILL_OUT -> published.put(event.message(), new Published(trace, i, event, true));
                case PUBLISH_OUT -> {
                    if (event.message() == Payload.EMPTY) {
                        emptied.computeIfAbsent(event.packetId(), id -> clearing(event)).lastSentNs = event.timeNs();
                    } else if (event.message() != Payload.FOREIGN) {
                        open.put(event.packetId(), sent(trace, i, event));
                    }
                }
                case PUBACK_IN, PUBREC_IN -> {
                    Clearing clearing = emptied.remove(event.packetId());
                    if (clearing != null) {
                        clearing.acknowledgedNs = event.timeNs();
                    }
                    Published message = open.remove(event.packetId());
                    if (message != null && event.reasonCode() >= 0x80) {
                        message.refused = true;
                    } else if (message != null) {
                        message.acknowledgedNs = event.timeNs();
                        message.acknowledgedIndex = i;
                    }
                }
                default -> {}
            }
        }
    }

    private Clearing clearing(TraceEvent event) {
        Clearing clearing = new Clearing(event);
        clearings.add(clearing);
        return clearing;
    }

    private Published sent(Trace trace, int index, TraceEvent event) {
        Published known = published.get(event.message());
        if (known == null) {
            known = new Published(trace, index, event, false);
            published.put(event.message(), known);
        } else {
            known.sends++;
            known.lastSentNs = event.timeNs();
        }
        return known;
    }

    private void readReceptions(Trace trace, List<TraceEvent> list) {
        Receiver own = null;
        boolean permanent = false;
        for (int i = 0; i < list.size(); i++) {
            TraceEvent event = list.get(i);
            switch (event.kind()) {
                case CONNECT_OUT -> {
                    permanent = permanent(trace, event);
                    if (event.flag() && own != null) {
                        sessionEnded(own);
                    }
                }
                case SUBSCRIBE_OUT -> {
                    // it may be in force, and bring messages, though its SUBACK is lost
                    own = receiver(trace, event.text());
                    own.members.add(trace);
                }
                case SUBACK_IN -> {
                    if (event.reasonCode() < 3) {
                        own = receiver(trace, event.text());
                        // a member that ends its session may have been the only one of its group
                        if (permanent && !(own.shared && !lives(trace).ends().isEmpty())) {
                            subscribed(own, event);
                        }
                    }
                }
                case UNSUBSCRIBE_OUT -> unsubscribed(receiver(trace, event.text()), event);
                case PUBLISH_IN -> {
                    if (own == null) {
                        own = receiver(trace, "");
                    }
                    if (!event.flag()) {
                        own.receptions
                                .computeIfAbsent(event.message(), key -> new ArrayList<>())
                                .add(new Receiver.Reception(trace, i, event));
                    }
                }
                default -> {}
            }
        }
    }

    /** A client has either one shared subscription, and shares its receiver, or any number of others. */
    private Receiver receiver(Trace trace, String filter) {
        boolean shared = Filters.isShared(filter);
        String name = shared ? filter : trace.clientId();
        return receivers.computeIfAbsent(name, key -> new Receiver(key, shared));
    }

    private static void subscribed(Receiver receiver, TraceEvent event) {
        for (Receiver.Interest interest : receiver.interests) {
            if (interest.filter.equals(event.text())
                    && interest.untilNs == Long.MAX_VALUE
                    && interest.qos == event.reasonCode()) {
                return;
            }
        }
        receiver.interests.add(new Receiver.Interest(event.text(), event.reasonCode(), event.timeNs()));
    }

    private static void unsubscribed(Receiver receiver, TraceEvent event) {
        for (Receiver.Interest interest : receiver.interests) {
            if (interest.filter.equals(event.text())) {
                interest.untilNs = Math.min(interest.untilNs, event.timeNs());
            }
        }
    }

    /** What was still in its queue has gone with it. */
    private static void sessionEnded(Receiver receiver) {
        if (!receiver.shared) {
            receiver.interests.clear();
        }
    }
}
