package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A Will is published once if its connection was lost and the client was not back in time, also if it was the broker
 * that died; and not at all if the client left with DISCONNECT, or was back.
 */
final class Wills implements Rule {

    private static final long SLACK_NS = TimeUnit.SECONDS.toNanos(3);

    /** By when the end of a connection is in the log. */
    private static final long DETACH_NS = TimeUnit.SECONDS.toNanos(1);

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> {
            for (int i = 0; i < events.size(); i++) {
                if (events.get(i).kind() == Kind.WILL_OUT) {
                    check(history, new Connection(trace, events, i), findings);
                }
            }
        });
    }

    private static void check(History history, Connection connection, Findings findings) {
        Published will = history.published().get(connection.will.message());
        if (will == null) {
            return;
        }
        for (Receiver receiver : history.receivers()) {
            int copies = receiver.receptions.getOrDefault(will.key, List.of()).size();
            if (copies > 0 && connection.mustNot(history.run())) {
                findings.add(
                        "the will " + will + " was published though its client had left or was back",
                        connection.trace,
                        connection.index);
            }
            if (copies == 0 && owed(receiver, will) && connection.must(history.run())) {
                findings.add(
                        "the will " + will + " was not delivered to " + receiver.name,
                        connection.trace,
                        connection.index);
            }
        }
    }

    private static boolean owed(Receiver receiver, Published will) {
        return receiver.interests.stream()
                .anyMatch(interest -> interest.qos > 0
                        && interest.fromNs < will.firstSentNs
                        && interest.untilNs == Long.MAX_VALUE
                        && Filters.matches(interest.filter, will.topic));
    }

    /** A connection with a Will, from its CONNECT to the CONNACK of the next. */
    private static final class Connection {
        final Trace trace;
        final int index;
        final TraceEvent will;
        private boolean accepted;
        private boolean left;
        private boolean open = true;
        /** The broker closed it, having read all that the client had sent. */
        private boolean closedByBroker;

        private long lostNs;
        /** When the client asked to be back, and when it was; -1: never. */
        private long askedNs = -1;

        private long backNs = -1;
        /** What the session lasts without a connection; a Will is not delayed beyond it [MQTT-3.1.3-9]. */
        private final long sessionS;

        private boolean backClean;

        Connection(Trace trace, List<TraceEvent> events, int index) {
            this.trace = trace;
            this.index = index;
            this.will = events.get(index);
            this.sessionS = History.lastsS(trace, events.get(index - 1));
            for (TraceEvent event : events.subList(index, events.size())) {
                boolean own = event.connection() == will.connection();
                if (own) {
                    ownEvent(event);
                } else if (event.kind() == Kind.CONNECT_OUT && askedNs < 0) {
                    askedNs = event.timeNs();
                    backClean = event.flag();
                } else if (event.kind() == Kind.CONNACK_IN && event.reasonCode() == 0 && backNs < 0) {
                    backNs = event.timeNs();
                }
            }
        }

        private void ownEvent(TraceEvent event) {
            if (event.kind() == Kind.CONNACK_IN && event.reasonCode() == 0) {
                accepted = true;
            } else if (event.kind() == Kind.DISCONNECT_OUT) {
                left = event.reasonCode() == 0;
            } else if (event.kind() == Kind.CLOSED) {
                open = false;
                closedByBroker = event.text().equals(TraceEvent.CLOSED_BY_BROKER);
                lostNs = event.timeNs();
            }
        }

        /** When the broker has published it at the latest, if the client stays away. */
        private long dueNs(Run run) {
            long due = lostNs + TimeUnit.SECONDS.toNanos(will.seconds());
            for (Outage outage : run.outages()) {
                if (outage.killedNs() <= due + SLACK_NS) {
                    due = Math.max(due, outage.readyNs() + TimeUnit.MILLISECONDS.toNanos(run.willGraceMs()));
                }
            }
            return due + SLACK_NS;
        }

        boolean must(Run run) {
            return accepted && !left && !open && (askedNs < 0 || askedNs > dueNs(run));
        }

        boolean mustNot(Run run) {
            long closedNs = lostNs;
            boolean died = run.outages().stream()
                    .anyMatch(outage -> closedNs > outage.killedNs() - DETACH_NS && closedNs < outage.readyNs());
            boolean wellLeft = left && closedByBroker && !died;
            long delayNs = TimeUnit.SECONDS.toNanos(Math.min(will.seconds(), sessionS));
            boolean wasBack = !backClean && backNs >= 0 && delayNs > SLACK_NS && backNs < lostNs + delayNs - SLACK_NS;
            return wellLeft || open || wasBack;
        }
    }
}
