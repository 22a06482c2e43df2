package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A session gets what it has subscribed to, and what was sent after its UNSUBACK no more. */
final class Subscribed implements Rule {

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> check(history, trace, events, findings));
    }

    private static void check(History history, Trace trace, List<TraceEvent> events, Findings findings) {
        Set<String> asked = new HashSet<>();
        Map<String, Long> goneNs = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            Published message = history.published().get(event.message());
            if (event.kind() == Kind.SUBSCRIBE_OUT) {
                asked.add(event.text());
            } else if (event.kind() == Kind.UNSUBACK_IN) {
                asked.remove(event.text());
                goneNs.put(event.text(), event.timeNs());
            } else if (event.kind() == Kind.PUBLISH_IN && message != null && !may(asked, goneNs, event, message)) {
                findings.add(trace.clientId() + " got " + message + " without a subscription", trace, i);
            }
        }
    }

    private static boolean may(Set<String> asked, Map<String, Long> goneNs, TraceEvent event, Published message) {
        return asked.stream().anyMatch(filter -> Filters.matches(filter, event.text()))
                || goneNs.entrySet().stream()
                        .anyMatch(gone -> Filters.matches(gone.getKey(), event.text())
                                && (message.will || message.firstSentNs < gone.getValue()));
    }
}
