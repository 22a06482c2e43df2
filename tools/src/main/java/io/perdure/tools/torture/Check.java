package io.perdure.tools.torture;

/** What is checked. */
enum Check {
    LOST("lost", "acknowledged messages lost", "deliveries owed"),
    TWICE("twice", "QoS 2 messages delivered twice", "QoS 2 deliveries"),
    REPEATED("repeated", "QoS 1 messages repeated without a cause", "QoS 1 deliveries"),
    ORDER("order", "messages out of order", "deliveries"),
    IDENTIFIERS("identifiers", "wrong Packet Identifier, DUP or step on resumption", "deliveries"),
    SESSIONS("sessions", "sessions gone", "resumptions"),
    SUBSCRIPTIONS("subscriptions", "subscriptions gone, or back after UNSUBACK", "questions"),
    RETAINED("retained", "retained messages lost or outdated", "topics read"),
    WILLS("wills", "Wills not published", "Wills owed"),
    PROTOCOL("protocol", "packets that MQTT or the sender does not allow", "connections"),
    STARTS("starts", "starts that failed", "starts");

    private final String id;
    private final String label;
    private final String unit;

    Check(String id, String label, String unit) {
        this.id = id;
        this.label = label;
        this.unit = unit;
    }

    /** For programs. */
    String id() {
        return id;
    }

    /** What it is that is broken. */
    String label() {
        return label;
    }

    /** What is counted as checked. */
    String unit() {
        return unit;
    }
}
