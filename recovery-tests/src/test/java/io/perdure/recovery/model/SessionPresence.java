package io.perdure.recovery.model;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Session Present tells whether there is a session: after a CONNACK, until Clean Start or expiry. In 3.1 a CONNACK does not
 * tell.
 */
final class SessionPresence implements Rule {

    /** The times of broker and client differ by less; after a crash connections count as closed up to a second earlier. */
    private static final long SLACK_S = 5;

    private static final long CONNECTED = Long.MIN_VALUE;

    private enum State {
        NONE,
        THERE,
        UNKNOWN
    }

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> {
            if (trace.version() != Version.V3_1) {
                check(trace, events, findings);
            }
        });
    }

    private static void check(Trace trace, List<TraceEvent> events, Findings findings) {
        State state = State.NONE;
        TraceEvent asked = null;
        TraceEvent granted = null;
        long lostNs = CONNECTED;
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            switch (event.kind()) {
                case CONNECT_OUT -> {
                    if (granted != null) {
                        // a takeover finds the connection before still there
                        long pauseNs = lostNs == CONNECTED ? 0 : event.timeNs() - lostNs;
                        state = afterPause(trace, granted, pauseNs, state);
                    }
                    if (asked != null || event.flag()) {
                        state = event.flag() ? State.NONE : State.UNKNOWN;
                    }
                    asked = event;
                }
                case CONNACK_IN -> {
                    if (event.reasonCode() != 0) {
                        continue;
                    }
                    if (state == State.THERE && !event.flag()) {
                        findings.add("the session of " + trace.clientId() + " is gone", trace, i);
                    } else if (state == State.NONE && event.flag()) {
                        findings.add(trace.clientId() + " got a session that ended or never was", trace, i);
                    }
                    granted = asked;
                    asked = null;
                    lostNs = CONNECTED;
                    state = State.THERE;
                }
                case DISCONNECT_OUT -> {
                    if (event.seconds() == 0) {
                        granted = null; // no one tells whether the broker still got it
                        state = State.UNKNOWN;
                    }
                }
                case CLOSED, VIOLATION -> {
                    // of a connection that was taken over it may come late
                    if (granted != null && event.connection() >= granted.connection()) {
                        lostNs = event.timeNs();
                    }
                }
                default -> {}
            }
        }
    }

    /** What is left of a session after a time without a connection. */
    private static State afterPause(Trace trace, TraceEvent granted, long pauseNs, State state) {
        if (!History.durable(trace, granted)) {
            return State.NONE;
        }
        if (trace.version() != Version.V5 || granted.seconds() == ClientOptions.NO_EXPIRY) {
            return state;
        }
        long pauseS = TimeUnit.NANOSECONDS.toSeconds(pauseNs);
        if (pauseS > granted.seconds() + SLACK_S) {
            return State.NONE;
        }
        return pauseS + SLACK_S < granted.seconds() ? state : State.UNKNOWN;
    }
}
