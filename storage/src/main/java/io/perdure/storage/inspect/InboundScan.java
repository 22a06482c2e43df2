package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.InboundValue;
import org.jspecify.annotations.Nullable;

/** Unreleased inbound Packet Identifiers, session by session, ascending. */
final class InboundScan extends LookaheadScan<InboundView> {

    private final SessionWalk sessions;
    private final Follower inbound;
    private SessionWalk.@Nullable Row session;
    private byte[] prefix = {};

    InboundScan(Engine engine, @Nullable String clientId) {
        sessions = new SessionWalk(engine, clientId);
        inbound = new Follower(engine, Family.INBOUND);
    }

    @Override
    @Nullable
    InboundView advance() {
        SessionWalk.Row current = session;
        while (current == null || !inbound.within(prefix)) {
            current = sessions.next();
            session = current;
            if (current == null) {
                return null;
            }
            prefix = current.prefix();
            inbound.seek(prefix);
        }
        InboundValue value = Values.parse(InboundValue.parser(), inbound.value(), Family.INBOUND);
        InboundView view = new InboundView(current.clientId(), Keys.packetId(inbound.key()), value.getReceivedAtMs());
        inbound.next();
        return view;
    }

    @Override
    public void close() {
        inbound.close();
        sessions.close();
    }
}
