package io.perdure.recovery.client;

/**
 * What the broker is to publish when the connection is lost.
 *
 * @param delayS the Will Delay Interval; 0 before 5.0
 */
public record WillMessage(String topic, byte[] payload, int qos, boolean retain, long delayS) {}
