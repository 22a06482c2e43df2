package io.perdure.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SpaceLimitsTest {

    private static final long GIB = 1L << 30;
    private static final long MIB = 1L << 20;

    private final SpaceLimits limits = new SpaceLimits(400, 300, 200, 100, 10);

    @Test
    void goesToALaterStageAtOnce() {
        assertEquals(SpaceStage.OK, limits.next(SpaceStage.OK, 400));
        assertEquals(SpaceStage.WARN, limits.next(SpaceStage.OK, 399));
        assertEquals(SpaceStage.REFUSE_NEW, limits.next(SpaceStage.OK, 299));
        assertEquals(SpaceStage.REFUSE_PUBLISH, limits.next(SpaceStage.WARN, 199));
        assertEquals(SpaceStage.DRAIN_ONLY, limits.next(SpaceStage.OK, 99));
        assertEquals(SpaceStage.DRAIN_ONLY, limits.next(SpaceStage.OK, -1));
    }

    @Test
    void goesBackOnlyWithAQuarterMore() {
        assertEquals(SpaceStage.DRAIN_ONLY, limits.next(SpaceStage.DRAIN_ONLY, 124));
        assertEquals(SpaceStage.REFUSE_PUBLISH, limits.next(SpaceStage.DRAIN_ONLY, 125));
        assertEquals(SpaceStage.REFUSE_PUBLISH, limits.next(SpaceStage.DRAIN_ONLY, 249));
        assertEquals(SpaceStage.REFUSE_NEW, limits.next(SpaceStage.REFUSE_PUBLISH, 250));
        assertEquals(SpaceStage.WARN, limits.next(SpaceStage.REFUSE_PUBLISH, 375));
        assertEquals(SpaceStage.WARN, limits.next(SpaceStage.WARN, 499));
        assertEquals(SpaceStage.OK, limits.next(SpaceStage.DRAIN_ONLY, 500));
    }

    @Test
    void neverBeginsAStageThatIsSwitchedOff() {
        SpaceLimits off = new SpaceLimits(400, 300, 0, 0, 0);
        assertEquals(SpaceStage.REFUSE_NEW, off.next(SpaceStage.OK, 0));
    }

    @Test
    void followsTheSizeOfTheFileSystem() {
        SpaceLimits small = SpaceLimits.automatic().resolved(8 * GIB);
        assertEquals(491, small.drainOnlyBytes() / MIB);
        assertEquals(655, small.refusePublishBytes() / MIB);
        assertEquals(819, small.refuseNewBytes() / MIB);
        assertEquals(1228, small.warnBytes() / MIB);
        assertEquals(64 * MIB, small.ballastBytes());
        assertEquals(
                new SpaceLimits(4 * GIB, 2 * GIB, 3 * GIB / 2, GIB, 64 * MIB),
                SpaceLimits.automatic().resolved(4000 * GIB));
    }

    @Test
    void fitsAutomaticLimitsBetweenThoseThatAreGiven() {
        SpaceLimits high = new SpaceLimits(-1, -1, 10 * GIB, -1, 0).resolved(4000 * GIB);
        assertEquals(10 * GIB, high.warnBytes());
        assertEquals(10 * GIB, high.refuseNewBytes());
        assertEquals(GIB, high.drainOnlyBytes());
        SpaceLimits low = new SpaceLimits(GIB, -1, -1, -1, 0).resolved(4000 * GIB);
        assertEquals(new SpaceLimits(GIB, GIB, GIB, GIB, 0), low);
    }

    @Test
    void refusesLimitsInTheWrongOrder() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new SpaceLimits(100, -1, 200, -1, 0));
        assertTrue(String.valueOf(e.getMessage()).contains("200 after 100"), e.getMessage());
    }
}
