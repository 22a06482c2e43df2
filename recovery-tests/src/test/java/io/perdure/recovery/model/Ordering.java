package io.perdure.recovery.model;

import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Per publisher, topic and QoS, as sent and as received, a session gets the first copies in the order in which they were sent, and the last copies
 * too [MQTT-4.6.0-6]. Messages that may expire are left out: the first copy of one may have, and the second not.
 */
final class Ordering implements Rule {

    private record Stream(int publisher, String topic, int sentQos, int qos) {}

    @Override
    public void check(History history, Findings findings) {
        history.events().forEach((trace, events) -> {
            if (!isShared(history, trace)) {
                firstCopies(history, trace, events, findings);
                lastCopies(history, trace, events, findings);
            }
        });
    }

    /** Of a share group only a member that is the only one gets all in order, and as long as its session lasts. */
    private static boolean isShared(History history, Trace trace) {
        for (Receiver receiver : history.receivers()) {
            if (receiver.shared
                    && receiver.members.contains(trace)
                    && (receiver.members.size() > 1
                            || !history.lives(trace).ends().isEmpty())) {
                return true;
            }
        }
        return false;
    }

    /** The message of a PUBLISH that counts; null for all other events. */
    private static @Nullable Published counted(History history, TraceEvent event) {
        if (event.kind() != Kind.PUBLISH_IN || !event.fresh() || event.flag()) {
            return null;
        }
        Published message = history.published().get(event.message());
        return message == null || message.mayExpire() ? null : message;
    }

    private static Stream stream(Published message, TraceEvent event) {
        return new Stream(Payload.publisher(event.message()), event.text(), message.qos, event.qos());
    }

    /**
     * Counts what was sent first after the last SUBACK: of the rest the first copy may have come before it. Where the broker
     * died in between, the subscription began at some time before the next CONNACK.
     */
    private static void firstCopies(History history, Trace trace, List<TraceEvent> events, Findings findings) {
        Map<Stream, Long> latest = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        long subscribedNs = Long.MIN_VALUE;
        boolean subscribing = false;
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event.kind() == Kind.SUBSCRIBE_OUT) {
                subscribing = true;
            } else if (event.kind() == Kind.SUBACK_IN || (subscribing && event.kind() == Kind.CONNACK_IN)) {
                subscribing = false;
                subscribedNs = event.timeNs();
            }
            Published message = counted(history, event);
            if (message != null && message.firstSentNs > subscribedNs && seen.add(event.message())) {
                Long before = latest.put(stream(message, event), event.message());
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

    /** A time without a subscription, or maybe without: from UNSUBSCRIBE until SUBACK. */
    private record Gap(long fromNs, long toNs) {

        /** Whether a copy of a message may have been sent in it. */
        boolean mayHaveMissed(Published message) {
            return message.sends > 1
                    && message.firstSentNs < toNs
                    && (!message.acknowledged() || fromNs < message.acknowledgedNs);
        }
    }

    private static List<Gap> gaps(List<TraceEvent> events) {
        List<Gap> gaps = new ArrayList<>();
        long fromNs = Long.MIN_VALUE;
        String filter = "";
        for (TraceEvent event : events) {
            if (event.kind() == Kind.UNSUBSCRIBE_OUT && fromNs == Long.MIN_VALUE) {
                fromNs = event.timeNs();
                filter = event.text();
            } else if (event.kind() == Kind.SUBACK_IN
                    && fromNs != Long.MIN_VALUE
                    && event.text().equals(filter)) {
                gaps.add(new Gap(fromNs, event.timeNs()));
                fromNs = Long.MIN_VALUE;
            }
        }
        if (fromNs != Long.MIN_VALUE) {
            gaps.add(new Gap(fromNs, Long.MAX_VALUE));
        }
        return gaps;
    }

    /** Counts no message of which a later copy may have found no subscription. */
    private static void lastCopies(History history, Trace trace, List<TraceEvent> events, Findings findings) {
        Map<Stream, Long> next = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        List<Gap> gaps = gaps(events);
        for (int i = events.size() - 1; i >= 0; i--) {
            TraceEvent event = events.get(i);
            Published message = counted(history, event);
            if (message != null
                    && !endedAfter(history, trace, message)
                    && gaps.stream().noneMatch(gap -> gap.mayHaveMissed(message))
                    && seen.add(event.message())) {
                Long after = next.put(stream(message, event), event.message());
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

    private static boolean endedAfter(History history, Trace trace, Published message) {
        return history.lives(trace).ends().stream().anyMatch(end -> end.timeNs() > message.firstSentNs);
    }
}
