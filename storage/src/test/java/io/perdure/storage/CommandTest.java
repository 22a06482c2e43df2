package io.perdure.storage;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandTest {

    private static final int MANY = 10_000;

    /** A packet may hold many filters: the bound of the mailbox must see them. */
    @Test
    void weighsWhatItHolds() {
        SessionRef session = new SessionRef() {
            @Override
            public String clientId() {
                return "c";
            }

            @Override
            public @Nullable SessionLink link() {
                return null;
            }
        };
        Subscription subscription = new Subscription(session, "a/b", null, 1, false, false, 0, 0);
        assertTrue(new Command.Subscribe(1, Collections.nCopies(MANY, subscription)).weightBytes() > 100 * MANY);
        assertTrue(new Command.Unsubscribe(1, Collections.nCopies(MANY, "a/b")).weightBytes() > 50 * MANY);
        Will will = new Will(new byte[10], new byte[60_000], new byte[0], 1, false, 0, -1);
        assertTrue(new Command.Attach("c", true, 0, will, 10).weightBytes() > 60_000);
        assertTrue(new Command.Subscribe(1, List.of(subscription)).weightBytes() < 500);
    }
}
