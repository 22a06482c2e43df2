package io.perdure.recovery.client;

/** The protocol versions that the client speaks. */
public enum Version {
    V3_1("MQIsdp", 3),
    V3_1_1("MQTT", 4),
    V5("MQTT", 5);

    private final String protocolName;
    private final int level;

    Version(String protocolName, int level) {
        this.protocolName = protocolName;
        this.level = level;
    }

    /** The protocol name of CONNECT. */
    String protocolName() {
        return protocolName;
    }

    /** The protocol level of CONNECT. */
    int level() {
        return level;
    }
}
