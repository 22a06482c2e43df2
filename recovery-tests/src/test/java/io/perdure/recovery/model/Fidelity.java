package io.perdure.recovery.model;

import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import org.jspecify.annotations.Nullable;

/** What arrives is what was sent, byte for byte, on its topic, at a QoS that is not higher; no malformed packets. */
final class Fidelity implements Rule {

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> {
            for (int i = 0; i < events.size(); i++) {
                TraceEvent event = events.get(i);
                if (event.kind() == Kind.VIOLATION) {
                    findings.add("malformed: " + event.text(), trace, i);
                } else if (event.kind() == Kind.PUBLISH_IN) {
                    String problem = problem(event, history.published().get(event.message()));
                    if (!problem.isEmpty()) {
                        findings.add(trace.clientId() + " got " + problem, trace, i);
                    }
                }
            }
        });
    }

    private static String problem(TraceEvent event, @Nullable Published message) {
        if (event.message() == Payload.EMPTY) {
            return event.flag() ? "an empty retained message on " + event.text() : "";
        } else if (event.message() == Payload.FOREIGN) {
            return "a corrupt payload on " + event.text();
        } else if (message == null) {
            return "a message that nobody sent: " + Payload.name(event.message());
        } else if (!message.topic.equals(event.text())) {
            return message + " on the wrong topic " + event.text();
        } else if (event.qos() > message.qos) {
            return message + " at QoS " + event.qos();
        }
        return "";
    }
}
