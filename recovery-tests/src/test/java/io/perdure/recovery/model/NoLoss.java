package io.perdure.recovery.model;

/** A message with PUBACK or PUBREC reaches every session that was subscribed when it was sent. */
final class NoLoss implements Rule {

    /** A Message Expiry Interval from here on does not end within a run. */
    static final long LONG_EXPIRY_S = 600;

    @Override
    public void check(History history, Findings findings) {
        for (Receiver receiver : history.receivers()) {
            for (Published message : history.published().values()) {
                boolean kept = message.expiryS < 0 || message.expiryS >= LONG_EXPIRY_S;
                if (message.acknowledged()
                        && kept
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
