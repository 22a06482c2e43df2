package io.perdure.recovery.interop;

import org.jspecify.annotations.Nullable;

/** One client of a foreign library. Used by one thread; what it does has happened when the method returns. */
interface ForeignClient extends AutoCloseable {

    /**
     * Connects, for the first time or again after the connection has ended.
     *
     * @param durable with a session that is kept: no clean start, and an expiry of an hour in 5.0
     * @param will the Will Message, or null
     * @return Session Present; false if the library does not show it ({@link Feature#SESSION_PRESENT})
     */
    boolean connect(boolean durable, @Nullable Message will) throws Exception;

    /**
     * Subscribes, once in the life of this object.
     *
     * @param subscriptionId the Subscription Identifier; 0: none
     */
    void subscribe(String topicFilter, int qos, int subscriptionId) throws Exception;

    default void subscribe(String topicFilter, int qos) throws Exception {
        subscribe(topicFilter, qos, 0);
    }

    /** Publishes; at QoS 1 and 2 the broker has acknowledged it when this returns. */
    void publish(Message message) throws Exception;

    /** What came, in order. */
    Inbox inbox();

    /** Ends the connection by DISCONNECT. */
    void disconnect() throws Exception;

    /** Ends what is still there, in whatever way; nothing of it stays behind. */
    @Override
    void close();
}
