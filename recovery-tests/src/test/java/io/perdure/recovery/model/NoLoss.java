package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.model.Receiver.Reception;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A message with PUBACK or PUBREC reaches every session that was subscribed when it was sent.
 *
 * <p>Of a share group, one at QoS 1 is acknowledged by a member: it is not enough that one had it whose session ended. At
 * QoS 2 those may be missing that were in progress with a member whose session ended [MQTT-4.8.2-5], no more of them than
 * its Receive Maximum.
 */
final class NoLoss implements Rule {

    @Override
    public void check(History history, Findings findings) {
        Map<Trace, Set<Integer>> acknowledged = new HashMap<>();
        history.events().forEach((trace, events) -> acknowledged.put(trace, acknowledged(events)));
        for (Receiver receiver : history.receivers()) {
            List<Published> vanished = new ArrayList<>();
            for (Published message : history.published().values()) {
                if (message.acknowledged() && !message.mayExpire()) {
                    check(receiver, message, acknowledged, vanished, findings);
                }
            }
            for (Published message : unexplained(vanished, receiver, history)) {
                neverReached(findings, message, receiver);
            }
        }
    }

    /** @param vanished gets the message if its loss may be explained */
    private static void check(
            Receiver receiver,
            Published message,
            Map<Trace, Set<Integer>> acknowledged,
            List<Published> vanished,
            Findings findings) {
        int qos = receiver.owedQos(message);
        List<Reception> receptions = receiver.receptions.get(message.key);
        if (qos > 0 && receptions == null) {
            if (receiver.shared && qos == 2) {
                vanished.add(message);
            } else {
                neverReached(findings, message, receiver);
            }
        } else if (receiver.shared
                && qos == 1
                && receptions != null
                && receptions.stream().noneMatch(r -> isAcknowledged(r, acknowledged))) {
            add(findings, message, " was acknowledged by its publisher and by no member of " + receiver.name);
        }
    }

    private static void neverReached(Findings findings, Published message, Receiver receiver) {
        add(findings, message, " was acknowledged and never reached " + receiver.name);
    }

    private static void add(Findings findings, Published message, String problem) {
        findings.add(message + problem, message.trace, message.acknowledgedIndex);
    }

    private static boolean isAcknowledged(Reception reception, Map<Trace, Set<Integer>> acknowledged) {
        return reception.event().qos() != 1
                || acknowledged.getOrDefault(reception.trace(), Set.of()).contains(reception.index());
    }

    /** The PUBLISHes, by index, that were answered by a PUBACK. */
    private static Set<Integer> acknowledged(List<TraceEvent> events) {
        Set<Integer> acknowledged = new HashSet<>();
        Map<Integer, Integer> latest = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            if (event.kind() == Kind.PUBLISH_IN && event.qos() == 1) {
                latest.put(event.packetId(), i);
            } else if (event.kind() == Kind.PUBACK_OUT) {
                acknowledged.add(latest.getOrDefault(event.packetId(), -1));
            }
        }
        return acknowledged;
    }

    /** What can't have vanished with a session that ended after it was sent. */
    private static List<Published> unexplained(List<Published> vanished, Receiver receiver, History history) {
        List<Lives.End> ends = new ArrayList<>();
        receiver.members.forEach(member -> ends.addAll(history.lives(member).ends()));
        ends.sort(Comparator.comparingLong(Lives.End::timeNs).reversed());
        vanished.sort(Comparator.comparingLong((Published message) -> message.firstSentNs)
                .reversed());
        List<Published> unexplained = new ArrayList<>();
        int next = 0;
        long room = 0;
        for (Published message : vanished) {
            while (next < ends.size() && ends.get(next).timeNs() > message.firstSentNs) {
                room += ends.get(next++).receiveMaximum();
            }
            if (room > 0) {
                room--;
            } else {
                unexplained.add(message);
            }
        }
        return unexplained;
    }
}
