package io.perdure.storage.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.storage.StoreOptions.Clock;
import org.junit.jupiter.api.Test;

/** What counts as elapsed between two runs, for all that may have happened to the system's clock. */
class LedgerClockTest {

    private static final long NOON_MS = 1_795_000_000_000L;
    private static final long HOUR_MS = 3_600_000;

    private static long startOf(LastAlive last, long systemMs) {
        return new LedgerClock(at(systemMs), last).nowMs();
    }

    private static Clock at(long systemMs) {
        return new Clock() {
            @Override
            public long wallMs() {
                return systemMs;
            }

            @Override
            public long monotonicNs() {
                return 7;
            }
        };
    }

    @Test
    void beginsWithTheSystemsClock() {
        assertEquals(NOON_MS, startOf(new LastAlive(0, 0), NOON_MS));
    }

    @Test
    void trustsTheSystemsClockAcrossARestart() {
        assertEquals(NOON_MS + HOUR_MS, startOf(new LastAlive(NOON_MS, NOON_MS), NOON_MS + HOUR_MS));
        assertEquals(NOON_MS + HOUR_MS, startOf(new LastAlive(NOON_MS, 0), NOON_MS + HOUR_MS));
    }

    @Test
    void takesAStepBackWhileTheBrokerWasDownForNoTime() {
        assertEquals(NOON_MS, startOf(new LastAlive(NOON_MS, NOON_MS), NOON_MS - HOUR_MS));
        assertEquals(NOON_MS, startOf(new LastAlive(NOON_MS, 0), 5_000));
        assertEquals(HOUR_MS, new LastAlive(NOON_MS, NOON_MS).behindMs(NOON_MS - HOUR_MS));
    }

    @Test
    void countsNoStepThatWasMadeWhileTheBrokerRan() {
        // the clock started in 1970 and was set to the date meanwhile; the broker was down for an hour
        assertEquals(10_000 + HOUR_MS, startOf(new LastAlive(10_000, NOON_MS), NOON_MS + HOUR_MS));
        // it was set back by an hour, and down for a minute
        assertEquals(NOON_MS, startOf(new LastAlive(NOON_MS, NOON_MS - HOUR_MS), NOON_MS - HOUR_MS + 60_000));
    }

    @Test
    void countsNoStepTwiceWhenAWrongClockIsPutRight() {
        // down for 5 minutes, while a clock that was 2 hours behind was put right
        assertEquals(NOON_MS + 300_000, startOf(new LastAlive(NOON_MS, NOON_MS - 2 * HOUR_MS), NOON_MS + 300_000));
    }
}
