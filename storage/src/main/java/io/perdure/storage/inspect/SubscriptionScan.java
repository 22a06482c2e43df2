package io.perdure.storage.inspect;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.SubscriptionValue;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Subscriptions, session by session, in order of the filter's bytes. */
final class SubscriptionScan extends LookaheadScan<SubscriptionView> {

    private final SessionWalk sessions;
    private final Follower subscriptions;
    private final Follower replays;
    private SessionWalk.@Nullable Row session;
    private byte[] prefix = {};

    SubscriptionScan(Engine engine, @Nullable String clientId) {
        sessions = new SessionWalk(engine, clientId);
        subscriptions = new Follower(engine, Family.SUBSCRIPTION);
        replays = new Follower(engine, Family.REPLAY);
    }

    @Override
    @Nullable
    SubscriptionView advance() {
        SessionWalk.Row current = session;
        while (current == null || !subscriptions.within(prefix)) {
            current = sessions.next();
            session = current;
            if (current == null) {
                return null;
            }
            prefix = current.prefix();
            subscriptions.seek(prefix);
        }
        byte[] key = subscriptions.key();
        SubscriptionValue value = Values.parse(SubscriptionValue.parser(), subscriptions.value(), Family.SUBSCRIPTION);
        boolean replaying = replays.seek(key) && Arrays.equals(replays.key(), key);
        subscriptions.next();
        return new SubscriptionView(
                current.clientId(),
                Keys.fullFilter(key),
                value.getMaximumQos(),
                value.getNoLocal(),
                value.getRetainAsPublished(),
                value.getRetainHandling(),
                value.getSubscriptionId(),
                replaying);
    }

    @Override
    public void close() {
        replays.close();
        subscriptions.close();
        sessions.close();
    }
}
