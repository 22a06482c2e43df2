package io.perdure.recovery.client;

/** The protocol versions that the client speaks. */
public enum Version {
    V3_1_1(4),
    V5(5);

    private final int level;

    Version(int level) {
        this.level = level;
    }

    /** The protocol level of CONNECT. */
    int level() {
        return level;
    }
}
