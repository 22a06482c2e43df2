package io.perdure.recovery.model;

/** A message with PUBACK or PUBREC reaches every session that was subscribed when it was sent. */
final class NoLoss implements Rule {

    @Override
    public void check(History history, Findings findings) {
        for (Receiver receiver : history.receivers()) {
            for (Published message : history.published().values()) {
                if (message.acknowledged()
                        && !message.mayExpire()
                        && !receiver.receptions.containsKey(message.key)
                        && receiver.owedQos(message) > 0) {
                    findings.add(
                            message + " was acknowledged and never reached " + receiver.name,
                            message.trace,
                            message.acknowledgedIndex);
                }
            }
        }
    }
}
