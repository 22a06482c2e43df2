package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who gets one copy of a message: a session, or all members of a share group. Filled by {@link History}. */
final class Receiver {

    /** A subscription, while it was in force. Times are of SUBACK and UNSUBSCRIBE. */
    static final class Interest {
        final String filter;
        final int qos;
        final long fromNs;
        long untilNs = Long.MAX_VALUE;

        Interest(String filter, int qos, long fromNs) {
            this.filter = filter;
            this.qos = qos;
            this.fromNs = fromNs;
        }
    }

    /** A PUBLISH that arrived, RETAIN = 0. */
    record Reception(Trace trace, int index, TraceEvent event) {}

    final String name;
    final boolean shared;
    /** Who subscribed. */
    final Set<Trace> members = new HashSet<>();

    final List<Interest> interests = new ArrayList<>();
    final Map<Long, List<Reception>> receptions = new HashMap<>();

    Receiver(String name, boolean shared) {
        this.name = name;
        this.shared = shared;
    }

    /** The QoS at which a message sent from {@code sentNs} on and acknowledged is owed; 0 if it is not. */
    int owedQos(Published message) {
        int qos = 0;
        for (Interest interest : interests) {
            if (interest.fromNs < message.firstSentNs
                    && message.acknowledgedNs < interest.untilNs
                    && Filters.matches(interest.filter, message.topic)) {
                qos = Math.max(qos, Math.min(interest.qos, message.qos));
            }
        }
        return qos;
    }
}
