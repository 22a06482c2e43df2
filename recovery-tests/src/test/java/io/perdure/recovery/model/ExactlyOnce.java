package io.perdure.recovery.model;

import io.perdure.recovery.model.Receiver.Reception;
import java.util.List;

/** A message sent and subscribed to at QoS 2 is handed to the application once. */
final class ExactlyOnce implements Rule {

    @Override
    public void check(History history, Findings findings) {
        for (Receiver receiver : history.receivers()) {
            receiver.receptions.forEach((key, receptions) -> {
                List<Reception> handed = receptions.stream()
                        .filter(r -> r.event().qos() == 2 && r.event().fresh())
                        .toList();
                Published message = history.published().get(key);
                if (message != null && handed.size() > 1) {
                    Reception first = handed.get(0);
                    Reception second = handed.get(1);
                    findings.add(
                            message + " reached " + receiver.name + " " + handed.size() + " times, with identifiers "
                                    + handed.stream()
                                            .map(r -> r.event().packetId())
                                            .toList(),
                            Findings.excerpt(first.trace(), first.index())
                                    + Findings.excerpt(second.trace(), second.index()));
                }
            });
        }
    }
}
