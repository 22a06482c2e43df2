package io.perdure.storage.inspect;

import io.perdure.storage.Message;
import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.SessionValue;
import org.jspecify.annotations.Nullable;

/** The Wills of all sessions, or of one. */
final class WillScan extends LookaheadScan<WillView> {

    private final SessionWalk sessions;
    private final StoreInfo info;

    WillScan(Engine engine, StoreInfo info, @Nullable String clientId) {
        this.info = info;
        sessions = new SessionWalk(engine, clientId);
    }

    @Override
    @Nullable
    WillView advance() {
        SessionWalk.Row row = sessions.next();
        while (row != null && !row.value().hasWill()) {
            row = sessions.next();
        }
        if (row == null) {
            return null;
        }
        return new WillView(row.clientId(), Values.will(row.value().getWill()), dueAtMs(row.value()));
    }

    /** After its delay, or with the session's end, whichever comes first [3.1.3.2.2]. */
    private long dueAtMs(SessionValue session) {
        if (SessionScan.connected(info, session)) {
            return Message.NEVER;
        }
        long offlineSinceMs = SessionScan.offlineSinceMs(info, session);
        long delayMs = Integer.toUnsignedLong(session.getWill().getDelayS()) * 1000;
        long dueMs = session.getWillDueMs() == 0 ? offlineSinceMs + delayMs : session.getWillDueMs();
        return Math.min(dueMs, SessionScan.expiresAtMs(offlineSinceMs, Integer.toUnsignedLong(session.getExpiryS())));
    }

    @Override
    public void close() {
        sessions.close();
    }
}
