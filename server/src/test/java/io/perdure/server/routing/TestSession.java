package io.perdure.server.routing;

import io.perdure.storage.SessionLink;
import io.perdure.storage.SessionRef;
import io.perdure.storage.Subscription;
import org.jspecify.annotations.Nullable;

/** A session that is nothing but a name. */
record TestSession(String clientId, Object identity) implements SessionRef {

    TestSession(String clientId) {
        this(clientId, new Object());
    }

    @Override
    public @Nullable SessionLink link() {
        return null;
    }

    Subscription to(String topicFilter) {
        return new Subscription(this, topicFilter, null, 1, false, false, 0, 0);
    }

    Subscription to(String topicFilter, int maximumQos, int subscriptionId) {
        return new Subscription(this, topicFilter, null, maximumQos, false, false, 0, subscriptionId);
    }

    Subscription sharing(String shareName, String topicFilter) {
        return new Subscription(this, topicFilter, shareName, 1, false, false, 0, 0);
    }
}
