package io.perdure.storage.ledger;

import io.perdure.storage.Entry;
import io.perdure.storage.Subscription;

/** A session's part in a share group. Owned by the ledger's thread; lives as long as the Shared Subscription. */
final class Member {

    final SharedGroup group;
    final SessionState session;
    /** Of its Client Identifier; see {@link Sticky#hash}. */
    final long hash;

    Subscription subscription;

    /** Of {@link LeastInFlight}: how many unfinished messages it had when it was looked at last. */
    long load;
    /** Of {@link LeastInFlight}: when it had its last turn. */
    long turn;

    Member(SharedGroup group, SessionState session, Subscription subscription) {
        this.group = group;
        this.session = session;
        this.hash = Sticky.hash(session.clientId);
        this.subscription = subscription;
    }

    /** Whether what it gets is acknowledged: it subscribed with QoS 1 or 2. */
    boolean acknowledges() {
        return subscription.maximumQos() > 0;
    }

    /** Of a connected session: how many messages of its queue, of whatever subscription, are not finished. */
    long unfinished() {
        return session.cursor.unfinishedBelow(session.tail);
    }

    /** Of a connected session: whether it has send quota left. What is not acknowledged needs none. */
    boolean hasRoom() {
        return !acknowledges() || unfinished() < session.shareLimit;
    }

    int[] subscriptionIds() {
        int id = subscription.subscriptionId();
        return id == 0 ? Entry.NO_IDS : new int[] {id};
    }
}
