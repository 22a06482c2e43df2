package io.perdure.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeepAliveTest {

    private static final long S = 1_000_000_000;

    @Test
    void expiresOneAndAHalfTimesTheKeepAliveAfterTheLastPacket() {
        KeepAlive keepAlive = new KeepAlive(10, 100 * S);
        assertFalse(keepAlive.expired(115 * S - 1));
        assertTrue(keepAlive.expired(115 * S));
        keepAlive.heard(112 * S);
        assertEquals(15 * S, keepAlive.remainingNs(112 * S));
        assertFalse(keepAlive.expired(127 * S - 1));
        assertTrue(keepAlive.expired(127 * S));
    }

    @Test
    void neverExpiresWhenItIsOff() {
        KeepAlive keepAlive = new KeepAlive(0, 0);
        assertFalse(keepAlive.enabled());
        assertFalse(keepAlive.expired(Long.MAX_VALUE));
        assertEquals(Long.MAX_VALUE, keepAlive.remainingNs(5));
    }

    @Test
    void survivesTheOverflowOfTheClock() {
        KeepAlive keepAlive = new KeepAlive(65_535, Long.MAX_VALUE - S);
        assertFalse(keepAlive.expired(Long.MIN_VALUE + S));
        assertTrue(keepAlive.expired(Long.MIN_VALUE + 98_303 * S));
    }
}
