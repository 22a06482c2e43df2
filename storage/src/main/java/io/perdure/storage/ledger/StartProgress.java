package io.perdure.storage.ledger;

import io.perdure.storage.RecoveryReport.Phase;
import io.perdure.storage.StoreOptions.Clock;
import io.perdure.storage.engine.StoreSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notes what a start does: its phases, what it repaired and what it set aside. Written by the thread that starts the
 * store, which is then the only one to call anything but {@link #toString}; lives as long as the start.
 */
public final class StartProgress {

    private final Clock clock;
    private final long startedMs;
    private final long startedNs;
    private final List<Phase> phases = new ArrayList<>();
    private final List<String> repaired = new ArrayList<>();
    private final List<String> setAside = new ArrayList<>();
    private final AtomicLong done = new AtomicLong();
    private volatile Current current;
    private long tableBytes;
    private long logBytes;

    /** @param unit what is counted, such as "rows"; empty if nothing is */
    private record Current(String phase, String unit, long startNs) {}

    public StartProgress(Clock clock) {
        this.clock = clock;
        this.startedMs = clock.wallMs();
        this.startedNs = clock.monotonicNs();
        this.current = new Current("", "", startedNs);
    }

    /** Ends the phase before and begins one in which nothing is counted. */
    public void phase(String name) {
        phase(name, "");
    }

    /**
     * Ends the phase before and begins another.
     *
     * @param unit what {@link #done} counts in it, in the plural
     */
    public void phase(String name, String unit) {
        endPhase();
        done.set(0);
        current = new Current(name, unit, clock.monotonicNs());
    }

    private void endPhase() {
        Current ended = current;
        if (!ended.phase().isEmpty()) {
            phases.add(new Phase(ended.phase(), elapsedMs(ended.startNs())));
        }
    }

    /** So many more of the phase's units are done; any thread. */
    public void done(long units) {
        done.addAndGet(units);
    }

    /** Something was wrong and has been put right. */
    public void repaired(String what) {
        repaired.add(what);
    }

    /** Something is damaged and won't be served. */
    public void setAside(String what) {
        setAside.add(what);
    }

    /** What the store's files hold before anything is opened. */
    public void found(StoreSize size) {
        tableBytes = size.tableBytes();
        logBytes = size.logBytes();
    }

    /** When the start began, by the wall clock. */
    public long startedMs() {
        return startedMs;
    }

    /** Since the start began. */
    public long elapsedMs() {
        return elapsedMs(startedNs);
    }

    private long elapsedMs(long sinceNs) {
        return (clock.monotonicNs() - sinceNs) / 1_000_000;
    }

    /** Ends the last phase: nothing follows. */
    List<Phase> end() {
        endPhase();
        current = new Current("", "", startedNs);
        return phases;
    }

    long tableBytes() {
        return tableBytes;
    }

    long logBytes() {
        return logBytes;
    }

    List<String> repaired() {
        return repaired;
    }

    List<String> setAside() {
        return setAside;
    }

    /** Where it is, in a line for the user; any thread. */
    @Override
    public String toString() {
        Current now = current;
        long ms = Math.max(1, elapsedMs(now.startNs()));
        long units = done.get();
        return now.unit().isEmpty()
                ? String.format(Locale.ROOT, "%s, %,d s", now.phase(), ms / 1000)
                : String.format(Locale.ROOT, "%s, %,d %s, %,d/s", now.phase(), units, now.unit(), units * 1000 / ms);
    }
}
