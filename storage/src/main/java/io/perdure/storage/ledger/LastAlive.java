package io.perdure.storage.ledger;

import io.perdure.storage.engine.Engine;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Keys;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.AliveValue;
import io.perdure.storage.format.proto.CleanStopValue;

/**
 * The last moment that a store knows of, from the run before.
 *
 * @param ledgerMs by the clock of the ledger, in which all times of the store are; 0 if the store is new
 * @param systemMs by the clock of the system, at that moment; 0 if it was not noted
 */
record LastAlive(long ledgerMs, long systemMs) {

    static LastAlive read(Engine engine) {
        byte[] aliveRow = engine.get(Family.META.index(), Keys.meta("alive"));
        byte[] cleanRow = engine.get(Family.META.index(), Keys.meta("clean"));
        LastAlive last = new LastAlive(0, 0);
        if (aliveRow != null) {
            AliveValue alive = Values.parse(AliveValue.parser(), aliveRow, Family.META);
            last = new LastAlive(alive.getWallMs(), alive.getSystemMs());
        }
        if (cleanRow != null) {
            CleanStopValue clean = Values.parse(CleanStopValue.parser(), cleanRow, Family.META);
            last = clean.getWallMs() < last.ledgerMs() ? last : new LastAlive(clean.getWallMs(), clean.getSystemMs());
        }
        return last;
    }

    /** How far the system's clock is behind what it said then, or what the store took for the time. */
    long behindMs(long systemNowMs) {
        return Math.max(0, (systemMs == 0 ? ledgerMs : systemMs) - systemNowMs);
    }

    /**
     * How long it was ago. If the clock was set while the broker ran, the time of the ledger and that of the system differ;
     * of the two answers the smaller one is taken, since nothing may expire early.
     */
    long elapsedMs(long systemNowMs) {
        long sinceSystemMs = systemMs == 0 ? Long.MAX_VALUE : systemNowMs - systemMs;
        return Math.max(0, Math.min(systemNowMs - ledgerMs, sinceSystemMs));
    }
}
