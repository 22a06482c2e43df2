package io.perdure.tools.torture;

import java.io.IOException;

/** What a participant does. For its thread. */
interface Role extends Client.Application {

    /**
     * It is connected.
     *
     * @param newSession whether the session has just begun
     */
    void joined(Client client, boolean newSession) throws IOException;

    /**
     * A turn, while it is connected and load is wanted.
     *
     * @return how long to stay away, if it has left; 0 if it is connected still
     */
    long step(Client client, long nowNs) throws IOException;
}
