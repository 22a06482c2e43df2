package io.perdure.storage.inspect;

/**
 * A QoS 2 message of a client that was received and not released yet: a repeat with this identifier is a duplicate.
 *
 * @param clientId the publisher
 * @param packetId its Packet Identifier, 1 to 65535
 * @param receivedAtMs when it was received, wall clock
 */
public record InboundView(String clientId, int packetId, long receivedAtMs) {}
