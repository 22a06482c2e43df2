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

    /** A stored due time; else, of a stopped store, the delay or the session's end, whichever comes first. */
    private long dueAtMs(SessionValue session) {
        if (session.getWillDueMs() != 0) {
            return session.getWillDueMs();
        }
        if (SessionScan.connected(info, session)) {
            return Message.NEVER;
        }
        long delayS = Math.min(
                Integer.toUnsignedLong(session.getWill().getDelayS()), Integer.toUnsignedLong(session.getExpiryS()));
        return SessionScan.offlineSinceMs(info, session) + delayS * 1000;
    }

    @Override
    public void close() {
        sessions.close();
    }
}
