package io.perdure.recovery.conformance;

/** The versions whose statements are proved. */
enum Protocol {
    MQTT_3_1_1(4),
    MQTT_5(5);

    final int level;

    Protocol(int level) {
        this.level = level;
    }

    /** A name that can be part of a client identifier. */
    String shortName() {
        return "v" + level;
    }
}
