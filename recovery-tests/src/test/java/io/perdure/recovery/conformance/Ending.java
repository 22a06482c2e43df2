package io.perdure.recovery.conformance;

/** Ways in which a connection comes to its end without a DISCONNECT of the client. */
enum Ending {
    /** The client closes it. */
    LOST,
    /** The client connects again, and the broker closes the older connection. */
    TAKEN_OVER,
    /** The broker stops, and starts again. */
    RESTART;

    void of(Peer peer, LiveBroker broker) {
        switch (this) {
            case LOST -> peer.close();
            case TAKEN_OVER -> {}
            case RESTART -> broker.restart();
        }
    }
}
