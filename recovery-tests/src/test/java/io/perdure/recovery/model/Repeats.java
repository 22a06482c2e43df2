package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.model.Receiver.Reception;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A QoS 1 delivery is repeated only on a new connection, only with its identifier and DUP, and only if its PUBACK may
 * have been lost. Beyond that there is one delivery for each time that the publisher sent the message; and in a share group
 * one for each member that had it when its session ended, unless its PUBACK was durable.
 */
final class Repeats implements Rule {

    /** @param life which session of the client */
    private record Delivery(Trace trace, int life, int packetId) {}

    @Override
    public void check(History history, Findings findings) {
        Map<Trace, Set<Integer>> durable = new HashMap<>();
        history.events().forEach((trace, events) -> durable.put(trace, durableAcknowledgements(events)));
        for (Receiver receiver : history.receivers()) {
            receiver.receptions.forEach((key, receptions) -> {
                Published message = history.published().get(key);
                if (message != null) {
                    check(message, receiver, receptions, durable, history, findings);
                }
            });
        }
    }

    private static void check(
            Published message,
            Receiver receiver,
            List<Reception> receptions,
            Map<Trace, Set<Integer>> durable,
            History history,
            Findings findings) {
        Map<Delivery, Reception> last = new HashMap<>();
        int deliveries = 0;
        for (Reception reception : receptions) {
            if (reception.event().qos() != 1) {
                continue;
            }
            Lives lives = history.lives(reception.trace());
            int life = lives.at(reception.index());
            Delivery delivery =
                    new Delivery(reception.trace(), life, reception.event().packetId());
            Reception earlier = last.put(delivery, reception);
            if (earlier == null || !reception.event().dup()) {
                deliveries++;
            } else if (earlier.event().connection() == reception.event().connection()) {
                findings.add(message + " was repeated on one connection", reception.trace(), reception.index());
            } else if (durable.getOrDefault(reception.trace(), Set.of()).contains(earlier.index())) {
                findings.add(
                        message
                                + " was repeated although its PUBACK was durable: the broker had answered a later packet",
                        Findings.excerpt(earlier.trace(), earlier.index())
                                + Findings.excerpt(reception.trace(), reception.index()));
            }
        }
        int allowed = message.qos == 1 ? message.sends : 1;
        if (receiver.shared) {
            allowed += (int) last.values().stream()
                    .filter(r -> history.lives(r.trace()).ended(r.index()))
                    .filter(r -> !durable.getOrDefault(r.trace(), Set.of()).contains(r.index()))
                    .count();
        }
        if (deliveries > allowed) {
            Reception worst = receptions.get(receptions.size() - 1);
            findings.add(
                    message + " was sent " + message.sends + " times and delivered to " + receiver.name + " "
                            + deliveries + " times, with identifiers "
                            + receptions.stream().map(r -> r.event().packetId()).toList(),
                    Findings.excerpt(
                                    receptions.get(0).trace(), receptions.get(0).index())
                            + Findings.excerpt(worst.trace(), worst.index()));
        }
    }

    /**
     * The PUBLISHes, by index, whose PUBACK is in the log: the broker has answered something that was sent after it on
     * the same connection and that is answered when it is durable.
     */
    private static Set<Integer> durableAcknowledgements(List<TraceEvent> events) {
        Set<Integer> durable = new HashSet<>();
        Map<Integer, Integer> publishById = new HashMap<>();
        Map<Integer, Integer> acknowledged = new HashMap<>();
        Map<Integer, Integer> received = new HashMap<>();
        Map<Integer, Integer> subscribing = new HashMap<>();
        for (int i = 0; i < events.size(); i++) {
            TraceEvent event = events.get(i);
            int id = event.packetId();
            if (event.kind() == Kind.CONNECT_OUT) {
                acknowledged.clear();
                received.clear();
                subscribing.clear();
            } else if (event.kind() == Kind.PUBLISH_IN && event.qos() == 1) {
                publishById.put(id, i);
            } else if (event.kind() == Kind.PUBACK_OUT) {
                acknowledged.put(i, publishById.getOrDefault(id, -1));
            } else if (event.kind() == Kind.PUBREC_OUT) {
                received.put(id, i);
            } else if (event.kind() == Kind.SUBSCRIBE_OUT) {
                subscribing.put(id, i);
            } else if (event.kind() == Kind.PUBREL_IN || event.kind() == Kind.SUBACK_IN) {
                Integer since = (event.kind() == Kind.PUBREL_IN ? received : subscribing).remove(id);
                if (since != null) {
                    acknowledged.entrySet().removeIf(ack -> ack.getKey() < since && durable.add(ack.getValue()));
                }
            }
        }
        return durable;
    }
}
