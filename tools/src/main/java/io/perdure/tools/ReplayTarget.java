package io.perdure.tools;

import org.jspecify.annotations.Nullable;

/** Where messages are published to. */
interface ReplayTarget extends AutoCloseable {

    /** Told once what became of a message; on any thread. */
    interface Answer {

        /** @param failure null if it was acknowledged or, at QoS 0, written; otherwise why it was not, for the user */
        void done(@Nullable String failure);
    }

    /** Publishes a message; order is kept. */
    void publish(Outgoing outgoing, long nowMs, Answer answer);

    /** Whether the connection has ended: nothing more can be published. */
    boolean lost();

    /** Takes leave and closes the connection. */
    @Override
    void close();
}
