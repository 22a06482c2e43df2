package io.perdure.server.routing;

import io.perdure.storage.SessionRef;
import io.perdure.storage.Subscription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subscriptions of one filter, one per session: a {@link SharedTable}, with its thread rules. */
final class SubscriptionSet extends SharedTable {

    private final SeededHash hashes;

    SubscriptionSet(SeededHash hashes) {
        this.hashes = hashes;
    }

    @Override
    int hash(Object element) {
        return hashes.of(((Subscription) element).session().clientId());
    }

    /** Writer only: adds the subscription, or replaces the one of the same session. */
    void put(Subscription subscription) {
        int index = indexOf(subscription.session());
        if (index < 0) {
            insert(subscription);
        } else {
            replaceAt(index, subscription);
        }
    }

    /** Writer only: removes the subscription of the session. */
    void remove(SessionRef session) {
        int index = indexOf(session);
        if (index >= 0) {
            removeAt(index);
        }
    }

    /** Appends all to a list. */
    void copyTo(List<Subscription> list) {
        @Nullable Object[] slots = slots();
        for (int i = 0; i < slots.length; i++) {
            Object slot = at(slots, i);
            if (slot instanceof Subscription subscription) {
                list.add(subscription);
            }
        }
    }

    /** Writer only: any one of them. */
    @Nullable
    Subscription first() {
        for (Object slot : slots()) {
            if (slot instanceof Subscription subscription) {
                return subscription;
            }
        }
        return null;
    }

    private int indexOf(SessionRef session) {
        @Nullable Object[] slots = slots();
        int index = hashes.of(session.clientId()) & (slots.length - 1);
        for (Object slot = at(slots, index); slot != null; slot = at(slots, index)) {
            if (slot instanceof Subscription subscription && subscription.session() == session) {
                return index;
            }
            index = (index + 1) & (slots.length - 1);
        }
        return -1;
    }
}
