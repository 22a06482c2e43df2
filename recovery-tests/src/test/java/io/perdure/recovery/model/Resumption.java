package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import java.util.List;

/**
 * A resumed session begins where it was: what the subscriber has not acknowledged comes again first, with DUP, its own
 * identifiers and in the original order; PUBREL comes for what was PUBRECed, in the order of the PUBRECs; no identifier
 * names another message while it is in use [MQTT-4.4.0-1] [MQTT-4.6.0-1] [MQTT-4.6.0-4].
 */
final class Resumption implements Rule {

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> check(history, trace, events, findings));
    }

    private static void check(History history, Trace trace, List<TraceEvent> events, Findings findings) {
        boolean permanent = false;
        boolean untold = false;
        boolean ended = false;
        boolean passing = false;
        boolean passed = false;
        boolean unanswered = false;
        OpenDeliveries open = new OpenDeliveries(history, trace, findings);
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            switch (event.kind()) {
                case CONNECT_OUT -> {
                    // if its session ended with the last connection, what it finds is new; if it expired, what it
                    // finds may have been made by a CONNECT whose CONNACK was lost
                    ended |= passed || (unanswered && !permanent);
                    unanswered = true;
                    passing = !History.durable(trace, event);
                    permanent = History.permanent(trace, event);
                    // a broker of 3.1 does not say whether there is a session, so there has to be one
                    untold = trace.version() == Version.V3_1 && !event.flag();
                }
                case CONNACK_IN -> {
                    if (event.reasonCode() == 0) {
                        boolean present = event.flag() || untold;
                        if (present && ended) {
                            // made by a CONNECT whose CONNACK was lost with the broker, or DISCONNECT was lost with it
                            open.connectedPerhapsAnew();
                        } else {
                            open.connected(present);
                        }
                        ended = false;
                        unanswered = false;
                        passed = passing;
                    }
                }
                case DISCONNECT_OUT -> ended = event.seconds() == 0;
                case PUBLISH_IN -> {
                    if (event.qos() > 0) {
                        open.published(event, i);
                    }
                }
                case PUBACK_OUT, PUBREC_OUT, PUBCOMP_OUT -> open.answered(event.kind(), event.packetId());
                case PUBREL_IN -> open.released(event.packetId(), i);
                default -> {}
            }
        }
        if (permanent && history.lives(trace).goesOn()) {
            open.over();
        }
    }
}
