package io.perdure.tools;

import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that says how far a check is; nothing where there is no terminal. For one thread. */
final class CheckProgress {

    private static final long FIRST_NS = 1_000_000_000;
    private static final long INTERVAL_NS = 250_000_000;

    private final PrintStream out;
    private final boolean terminal;
    private final String what;
    private final long expectedRows;
    private final long startNs;
    private long nextNs;
    private boolean shown;

    /**
     * @param what is being done, as in "checked"
     * @param expectedRows about; 0 if nobody knows
     */
    CheckProgress(PrintStream out, boolean terminal, String what, long expectedRows, long nowNs) {
        this.out = out;
        this.terminal = terminal;
        this.what = what;
        this.expectedRows = expectedRows;
        startNs = nowNs;
        nextNs = nowNs + FIRST_NS;
    }

    void update(long rows, long nowNs) {
        if (!terminal || nowNs < nextNs) {
            return;
        }
        nextNs = nowNs + INTERVAL_NS;
        shown = true;
        out.print("\r" + line(rows, nowNs) + "\u001b[K");
        out.flush();
    }

    private String line(long rows, long nowNs) {
        double perSecond = rows * 1e9 / (nowNs - startNs);
        String line = String.format(Locale.ROOT, "%s %,d rows, %,.0f/s", what, rows, perSecond);
        if (rows >= expectedRows || perSecond < 1) {
            return line;
        }
        long leftMs = (long) ((expectedRows - rows) * 1000 / perSecond);
        return String.format(
                Locale.ROOT, "%s, %d %%, about %s left", line, rows * 100 / expectedRows, Humane.duration(leftMs));
    }

    /** Takes the line away. */
    void clear() {
        if (shown) {
            out.print("\r\u001b[K");
            out.flush();
            shown = false;
        }
    }
}
