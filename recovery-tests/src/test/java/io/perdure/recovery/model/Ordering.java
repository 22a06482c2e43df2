package io.perdure.recovery.model;

import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Per publisher, topic and QoS, as sent and as received, a session gets the first copies in the order in which they were sent, and the last copies
 * too [MQTT-4.6.0-6]. Messages that may expire are left out: the first copy of one may have, and the second not.
 */
final class Ordering implements Rule {

    private record Stream(int publisher, String topic, int sentQos, int qos) {}

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> {
            boolean shared =
                    events.stream().anyMatch(event -> event.kind() == Kind.SUBACK_IN && Filters.isShared(event.text()));
            if (!shared) {
                firstCopies(history, trace, events, findings);
                lastCopies(history, trace, events, findings);
            }
        });
    }

    private static boolean counts(History history, TraceEvent event) {
        Published message = history.published().get(event.message());
        return message != null
                && !message.mayExpire()
                && event.kind() == Kind.PUBLISH_IN
                && event.fresh()
                && !event.flag();
    }

    private static Stream stream(History history, TraceEvent event) {
        Published message = history.published().get(event.message());
        int sentQos = message == null ? event.qos() : message.qos;
        return new Stream(Payload.publisher(event.message()), event.text(), sentQos, event.qos());
    }

    private static void firstCopies(History history, Trace trace, List<TraceEvent> events, Findings findings) {
        Map<Stream, Long> latest = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (counts(history, event) && seen.add(event.message())) {
                Long before = latest.put(stream(history, event), event.message());
                if (before != null && before > event.message()) {
                    findings.add(
                            trace.clientId() + " got " + Payload.name(event.message()) + " after "
                                    + Payload.name(before),
                            trace,
                            i);
                }
            }
        }
    }

    private static void lastCopies(History history, Trace trace, List<TraceEvent> events, Findings findings) {
        Map<Stream, Long> next = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        for (int i = events.size() - 1; i >= 0; i--) {
            TraceEvent event = events.get(i);
            if (counts(history, event) && seen.add(event.message())) {
                Long after = next.put(stream(history, event), event.message());
                if (after != null && after < event.message()) {
                    findings.add(
                            trace.clientId() + " got the last copy of " + Payload.name(event.message())
                                    + " before that of " + Payload.name(after),
                            trace,
                            i);
                }
            }
        }
    }
}
