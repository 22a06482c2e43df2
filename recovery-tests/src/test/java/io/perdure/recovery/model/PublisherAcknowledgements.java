package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * PUBACK and PUBREC come once for each PUBLISH of a connection, in the order of the PUBLISHes [MQTT-4.6.0-2]
 * [MQTT-4.6.0-3], PUBCOMP for each PUBREL, and nothing else.
 */
final class PublisherAcknowledgements implements Rule {

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> check(trace, events, findings));
    }

    private static void check(Trace trace, List<TraceEvent> events, Findings findings) {
        Map<Integer, Integer> published = new LinkedHashMap<>();
        Set<Integer> released = new HashSet<>();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            int id = event.packetId();
            switch (event.kind()) {
                case CONNECT_OUT -> {
                    published.clear();
                    released.clear();
                }
                case PUBLISH_OUT -> {
                    if (event.qos() > 0) {
                        published.put(id, event.qos());
                    }
                }
                case PUBACK_IN, PUBREC_IN -> {
                    int oldest = published.isEmpty()
                            ? 0
                            : published.keySet().iterator().next();
                    Integer qos = published.remove(id);
                    if (qos == null) {
                        findings.add(event.kind() + " for identifier " + id + " that is not in use", trace, i);
                    } else if (qos != (event.kind() == Kind.PUBACK_IN ? 1 : 2)) {
                        findings.add(event.kind() + " for a PUBLISH of QoS " + qos, trace, i);
                    } else if (oldest != id) {
                        findings.add(
                                event.kind() + " for identifier " + id + " before the answer to " + oldest, trace, i);
                    }
                }
                case PUBREL_OUT -> released.add(id);
                case PUBCOMP_IN -> {
                    if (!released.remove(id)) {
                        findings.add("PUBCOMP for identifier " + id + " without a PUBREL", trace, i);
                    }
                }
                default -> {}
            }
        }
    }
}
