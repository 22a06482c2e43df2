package io.perdure.server.connection;

import io.perdure.storage.Command.DetachReason;

/** How clients of a {@link FakeStore} have left, for tests outside the package. */
public final class Departures {

    private Departures() {}

    /** Whether a client has a session and said so when it left. */
    public static boolean wasAnnounced(FakeStore store, String clientId) {
        FakeStore.FakeSession session = store.session(clientId);
        return session != null && session.lastDetach().reason() == DetachReason.CLIENT_LEFT;
    }
}
