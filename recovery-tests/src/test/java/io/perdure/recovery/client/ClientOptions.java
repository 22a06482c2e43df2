package io.perdure.recovery.client;

/**
 * How a client behaves.
 *
 * @param sessionExpiryS Session Expiry Interval, of 5.0 only; 0 also says that the client always asks for a clean start
 * @param receiveMaximum how many QoS 1 and 2 messages it takes at once; told to the broker in 5.0 only
 * @param window how many messages it publishes ahead of their acknowledgements
 * @param heldAcks how many acknowledgements it keeps back, in order; less than {@code receiveMaximum}
 * @param packetIds how many Packet Identifiers it uses in turn; few of them are used again soon; more than the window
 * @param topicAliasMaximum of 5.0 only
 */
public record ClientOptions(
        String clientId,
        Version version,
        long sessionExpiryS,
        int receiveMaximum,
        int window,
        int heldAcks,
        int packetIds,
        int topicAliasMaximum) {

    /** The Session Expiry Interval of a session that does not expire. */
    public static final long NO_EXPIRY = 0xFFFF_FFFFL;

    /** A client with a session that does not expire. */
    public static ClientOptions durable(String clientId, Version version) {
        return new ClientOptions(clientId, version, NO_EXPIRY, 65_535, 100, 0, 65_535, 0);
    }

    public ClientOptions withSessionExpiryS(long value) {
        return new ClientOptions(
                clientId, version, value, receiveMaximum, window, heldAcks, packetIds, topicAliasMaximum);
    }

    public ClientOptions withReceiveMaximum(int value) {
        return new ClientOptions(
                clientId, version, sessionExpiryS, value, window, heldAcks, packetIds, topicAliasMaximum);
    }

    public ClientOptions withWindow(int value) {
        return new ClientOptions(
                clientId, version, sessionExpiryS, receiveMaximum, value, heldAcks, packetIds, topicAliasMaximum);
    }

    public ClientOptions withHeldAcks(int value) {
        return new ClientOptions(
                clientId, version, sessionExpiryS, receiveMaximum, window, value, packetIds, topicAliasMaximum);
    }

    public ClientOptions withTopicAliasMaximum(int value) {
        return new ClientOptions(clientId, version, sessionExpiryS, receiveMaximum, window, heldAcks, packetIds, value);
    }

    public ClientOptions withPacketIds(int value) {
        return new ClientOptions(
                clientId, version, sessionExpiryS, receiveMaximum, window, heldAcks, value, topicAliasMaximum);
    }
}
