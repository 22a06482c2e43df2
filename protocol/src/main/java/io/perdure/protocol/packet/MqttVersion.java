package io.perdure.protocol.packet;

/** The versions of MQTT, in order. */
public enum MqttVersion {
    /** MQTT 3.1: Protocol Name "MQIsdp", Protocol Level 3. */
    V3_1(3),
    /** MQTT 3.1.1: Protocol Name "MQTT", Protocol Level 4. */
    V3_1_1(4),
    /** MQTT 5.0: Protocol Name "MQTT", Protocol Version 5. */
    V5(5);

    private final int level;

    MqttVersion(int level) {
        this.level = level;
    }

    /** The Protocol Level byte of CONNECT [3.1.2.2]. */
    public int level() {
        return level;
    }

    /** Whether packets of this version have properties and Reason Codes. */
    public boolean hasProperties() {
        return this == V5;
    }
}
