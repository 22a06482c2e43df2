package io.perdure.server.connection;

import java.util.concurrent.atomic.LongAdder;

/** What a broker counts about its connections; written by all event loops, read by any thread. */
public final class Counters {

    private final LongAdder qos0Dropped = new LongAdder();
    private final LongAdder tooLarge = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder fellBehind = new LongAdder();
    private final LongAdder refusedSessions = new LongAdder();
    private final LongAdder refusedPublishes = new LongAdder();
    private final LongAdder refusedSubscriptions = new LongAdder();
    private final LongAdder notRetained = new LongAdder();

    /** QoS 0 deliveries that were dropped because their receiver was too slow. */
    public long qos0Dropped() {
        return qos0Dropped.sum();
    }

    /** Deliveries that were left out because the client's Maximum Packet Size is smaller [MQTT-3.1.2-25]. */
    public long tooLarge() {
        return tooLarge.sum();
    }

    /** Deliveries that were left out because they had expired while they waited [MQTT-3.3.2-5]. */
    public long expired() {
        return expired.sum();
    }

    /** How often a connection could not take more deliveries and was served from the store from then on. */
    public long fellBehind() {
        return fellBehind.sum();
    }

    /** Connections that were refused since there is too little space for another session. */
    public long refusedSessions() {
        return refusedSessions.sum();
    }

    /** PUBLISH packets of QoS 1 and 2 that were refused for lack of space. */
    public long refusedPublishes() {
        return refusedPublishes.sum();
    }

    /** Subscriptions that were refused for lack of space. */
    public long refusedSubscriptions() {
        return refusedSubscriptions.sum();
    }

    /** Messages of QoS 0 that were delivered, but for lack of space not retained. */
    public long notRetained() {
        return notRetained.sum();
    }

    void addRefusedSession() {
        refusedSessions.increment();
    }

    void addRefusedPublish() {
        refusedPublishes.increment();
    }

    void addRefusedSubscription() {
        refusedSubscriptions.increment();
    }

    void addNotRetained() {
        notRetained.increment();
    }

    void addQos0Dropped() {
        qos0Dropped.increment();
    }

    void addTooLarge() {
        tooLarge.increment();
    }

    void addFellBehind() {
        fellBehind.increment();
    }

    void addExpired() {
        expired.increment();
    }
}
