package io.perdure.protocol.topic;

/** A Topic Filter that MQTT does not allow. Has no stack trace: it is a peer's fault, and cheap. */
public final class InvalidTopicFilterException extends IllegalArgumentException {

    /** What is wrong with it. */
    public enum Fault {
        /** It has no character [MQTT-4.7.3-1]. */
        EMPTY,
        /** It has more than 65,535 bytes [MQTT-4.7.3-3]. */
        TOO_LONG,
        /** It is not well-formed UTF-8, or holds U+0000 [MQTT-1.5.4-1], [MQTT-4.7.3-2]. */
        MALFORMED,
        /** {@code #} is not its last level, or {@code +} or {@code #} not a whole one [MQTT-4.7.1-1], [MQTT-4.7.1-2]. */
        WILDCARD,
        /** {@code $share/} without a ShareName, or with one that has a wildcard, or without a filter [MQTT-4.8.2-1, -2]. */
        SHARE
    }

    private final Fault fault;

    InvalidTopicFilterException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
