package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A foreign client library, and what it can do. */
interface Library extends AutoCloseable {

    /** How long a client waits for whatever it waits for. */
    long TIMEOUT_MS = 20_000;

    /** The Session Expiry Interval of durable sessions of 5.0. */
    int SESSION_EXPIRY_S = 3_600;

    String name();

    /** The versions of MQTT that it speaks. */
    Set<MqttVersion> versions();

    /** What keeps it from being run on this machine, and how to get it; empty if nothing does. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /** What it can't do in that version, each with the reason. */
    Map<Feature, String> lacks(MqttVersion version);

    /**
     * Makes a client, not connected yet.
     *
     * @param port of the broker on the loopback address
     * @param resuming whether it connects again by itself after a loss, and finishes what it was about
     *     ({@link Feature#RESUMPTION})
     */
    ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) throws Exception;

    @Override
    default void close() {}
}
