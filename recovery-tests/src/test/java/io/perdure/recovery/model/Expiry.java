package io.perdure.recovery.model;

import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import java.util.concurrent.TimeUnit;

/**
 * A message that has expired is not sent for the first time, and the Message Expiry Interval that is forwarded is what
 * is left of it [MQTT-3.3.2-5] [MQTT-3.3.2-6]; time without a broker counts.
 */
final class Expiry implements Rule {

    /** What a message may be under way, on a machine that is overloaded. */
    private static final long SLACK_S = 8;

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> {
            for (int i = 0; i < events.size(); i++) {
                TraceEvent event = events.get(i);
                Published message = history.published().get(event.message());
                if (event.kind() != Kind.PUBLISH_IN || message == null || message.will) {
                    continue;
                }
                String problem = problem(event, message, trace.version());
                if (!problem.isEmpty()) {
                    findings.add(message + " " + problem, trace, i);
                }
            }
        });
    }

    private static String problem(TraceEvent event, Published message, Version version) {
        if (message.expiryS < 0) {
            return event.seconds() < 0 ? "" : "got a Message Expiry Interval";
        }
        long ageS = TimeUnit.NANOSECONDS.toSeconds(event.timeNs() - message.lastSentNs);
        if (!event.dup() && ageS > message.expiryS + SLACK_S) {
            return "was sent " + ageS + " s after it was published";
        }
        if (version != Version.V5) {
            return "";
        }
        if (event.seconds() < 0) {
            return "lost its Message Expiry Interval";
        }
        if (event.seconds() > message.expiryS
                || (!event.dup() && event.seconds() > Math.max(0, message.expiryS - ageS) + SLACK_S)) {
            return "arrived with " + event.seconds() + " s left, " + ageS + " s after it was published";
        }
        return "";
    }
}
