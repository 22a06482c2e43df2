package io.perdure.storage.check;

import io.perdure.storage.format.Family;
import java.util.Arrays;
import java.util.concurrent.CancellationException;

/** Counts what a check sees and hands it on. For one thread. */
final class Tally {

    private static final int PROGRESS_ROWS = 1024;

    private final CheckSink sink;
    private final long[] rows = new long[Family.values().length];
    private final long[] bytes = new long[rows.length];
    private final long[] garbageRows = new long[rows.length];
    private final long[] garbageBytes = new long[rows.length];
    private long read;
    private long findings;
    long sessions;
    long subscriptions;
    long queued;
    long waiting;
    long retained;

    Tally(CheckSink sink) {
        this.sink = sink;
    }

    void found(Finding finding) {
        findings++;
        sink.found(finding);
    }

    /** A row that was read for the first time. */
    void row(Family family, byte[] key, byte[] value) {
        rows[family.index()]++;
        bytes[family.index()] += key.length + value.length;
        step();
    }

    /** A row was read again. */
    void step() {
        if (++read % PROGRESS_ROWS == 0 && !sink.progress(read)) {
            throw new CancellationException("the check was stopped");
        }
    }

    void keep(Family family, byte[] key, byte[] value) {
        sink.keep(family, key, value);
    }

    void garbage(Family family, byte[] key, byte[] value) {
        garbage(family, 1, key.length + value.length);
    }

    void garbage(Family family, long rowCount, long byteCount) {
        garbageRows[family.index()] += rowCount;
        garbageBytes[family.index()] += byteCount;
    }

    void hole(Family family, RowCursor.Hole hole) {
        String before = hole.before().length == 0 ? null : Texts.key(family, hole.before());
        found(new Finding.Unreadable(family, Texts.key(family, hole.after()), before, hole.reason()));
    }

    CheckResult result() {
        return new CheckResult(
                Arrays.stream(Family.values())
                        .map(f -> new CheckResult.OfFamily(
                                f, rows[f.index()], bytes[f.index()], garbageRows[f.index()], garbageBytes[f.index()]))
                        .toList(),
                sessions,
                subscriptions,
                queued,
                waiting,
                retained,
                findings);
    }
}
