package io.perdure.storage.check;

import io.perdure.storage.format.Keys;
import io.perdure.storage.format.proto.SessionValue;

/** A row of the session family whose key is well-formed and whose value can be read. */
record SessionRow(String clientId, byte[] key, SessionValue value) {

    int slot() {
        return KeyRules.slot(key);
    }

    long sessionId() {
        return value.getSessionId();
    }

    byte[] prefix() {
        return Keys.sessionPrefix(slot(), sessionId());
    }

    /** Whether all of it is stored. */
    boolean outlivesConnections() {
        return value.getExpiryS() != 0 || value.getShared();
    }

    /** Whether all of it has been stored from its first day on. */
    boolean outlivedAllConnections() {
        return value.getExpiryS() != 0;
    }
}
