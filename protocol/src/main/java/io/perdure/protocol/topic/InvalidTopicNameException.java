package io.perdure.protocol.topic;

/** A Topic Name that MQTT does not allow. Has no stack trace: it is a peer's fault, and cheap. */
public final class InvalidTopicNameException extends IllegalArgumentException {

    /** What is wrong with it. */
    public enum Fault {
        /** It has no character [MQTT-4.7.3-1]. */
        EMPTY,
        /** It has more than 65,535 bytes [MQTT-4.7.3-3]. */
        TOO_LONG,
        /** It is not well-formed UTF-8, or holds U+0000 [MQTT-1.5.4-1], [MQTT-1.5.4-2], [MQTT-4.7.3-2]. */
        MALFORMED,
        /** It holds {@code +} or {@code #} [MQTT-3.3.2-2]. */
        WILDCARD
    }

    private final Fault fault;

    InvalidTopicNameException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    /** One line; holds nothing of the name. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
