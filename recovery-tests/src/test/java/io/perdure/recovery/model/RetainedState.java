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
 * A SUBSCRIBE is answered with the latest retained message of each Topic Name that matches: the one that was
 * acknowledged last, or one whose fate is not known. Each Topic Name has one publisher.
 */
final class RetainedState implements Rule {

    @Override
    public void check(History history, Findings findings) {
        Map<String, List<Published>> byTopic = new HashMap<>();
        for (Published message : history.published().values()) {
            if (message.retain && !message.will && !message.refused) {
                byTopic.computeIfAbsent(message.topic, topic -> new ArrayList<>())
                        .add(message);
            }
        }
        history.events().forEach((trace, events) -> {
            staleReplays(history, trace, events, byTopic, findings);
            missingReplays(history, trace, events, byTopic, findings);
        });
    }

    /** A replayed message was not overwritten before the SUBSCRIBE, nor replayed more often than asked for. */
    private static void staleReplays(
            History history,
            Trace trace,
            List<TraceEvent> events,
            Map<String, List<Published>> byTopic,
            Findings findings) {
        List<TraceEvent> subscribes = new ArrayList<>();
        Map<Long, Set<Integer>> identifiers = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event.kind() == Kind.CONNECT_OUT && event.flag()) {
                subscribes.clear(); // what they asked for has gone with the session
                identifiers.clear();
            } else if (event.kind() == Kind.SUBSCRIBE_OUT) {
                subscribes.add(event);
            }
            if (event.kind() != Kind.PUBLISH_IN || !event.flag() || event.message() < 0) {
                continue;
            }
            List<TraceEvent> asked = subscribes.stream()
                    .filter(s -> Filters.matches(s.text(), event.text()))
                    .toList();
            Set<Integer> ids = identifiers.computeIfAbsent(event.message(), key -> new HashSet<>());
            if (event.qos() > 0 && ids.add(event.packetId()) && ids.size() > asked.size()) {
                findings.add(Payload.name(event.message()) + " was replayed more often than asked for", trace, i);
            }
            Published message = history.published().get(event.message());
            long firstAskedNs = asked.isEmpty() ? 0 : asked.get(0).timeNs();
            Published newer = message == null ? null : acknowledgedBefore(byTopic, event.text(), firstAskedNs);
            if (message != null && newer != null && newer.key > message.key) {
                findings.add(message + " was replayed, older than " + newer, trace, i);
            }
            if (message != null && isClearedBefore(history, message, firstAskedNs)) {
                findings.add(message + " was replayed after it had been cleared", trace, i);
            }
        }
    }

    private static void missingReplays(
            History history,
            Trace trace,
            List<TraceEvent> events,
            Map<String, List<Published>> byTopic,
            Findings findings) {
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event.kind() != Kind.SUBSCRIBE_OUT || Filters.isShared(event.text()) || !answered(events, i)) {
                continue;
            }
            for (String topic : byTopic.keySet()) {
                Published latest = acknowledgedBefore(byTopic, topic, event.timeNs());
                if (latest != null
                        && Filters.matches(event.text(), topic)
                        && !mayBeCleared(history, latest)
                        && !received(events, i, topic, latest.key)) {
                    findings.add(latest + " is retained and was not replayed to " + trace.clientId(), trace, i);
                }
            }
        }
    }

    /** Whether SUBACK came; else the broker may never have got the SUBSCRIBE. */
    private static boolean answered(List<TraceEvent> events, int subscribe) {
        TraceEvent asked = events.get(subscribe);
        return events.subList(subscribe, events.size()).stream()
                .anyMatch(event -> event.kind() == Kind.SUBACK_IN
                        && event.connection() == asked.connection()
                        && event.packetId() == asked.packetId());
    }

    /** Whether the message of a Topic Name came after an event, or a later one. */
    private static boolean received(List<TraceEvent> events, int from, String topic, long key) {
        return events.subList(from, events.size()).stream()
                .anyMatch(event -> event.kind() == Kind.PUBLISH_IN
                        && event.message() >= key
                        && event.text().equals(topic));
    }

    private static @Nullable Published acknowledgedBefore(
            Map<String, List<Published>> byTopic, String topic, long timeNs) {
        Published latest = null;
        for (Published message : byTopic.getOrDefault(topic, List.of())) {
            if (message.acknowledged() && message.acknowledgedNs < timeNs && !message.mayExpire()) {
                latest = message;
            }
        }
        return latest;
    }

    /** Whether it is sure that a message was removed, for good, before {@code timeNs}. */
    private static boolean isClearedBefore(History history, Published message, long timeNs) {
        return history.clearings().stream()
                .anyMatch(clearing -> clearing.topic.equals(message.topic)
                        && clearing.firstSentNs > message.lastSentNs
                        && clearing.acknowledgedNs != 0
                        && clearing.acknowledgedNs < timeNs);
    }

    private static boolean mayBeCleared(History history, Published message) {
        return history.clearings().stream()
                .anyMatch(
                        clearing -> clearing.topic.equals(message.topic) && clearing.lastSentNs > message.firstSentNs);
    }
}
