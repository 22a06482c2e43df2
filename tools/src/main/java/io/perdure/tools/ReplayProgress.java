package io.perdure.tools;

import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that says how far a replay is; nothing where there is no terminal. For one thread. */
final class ReplayProgress {

    private static final long INTERVAL_NS = 250_000_000;

    private final PrintStream out;
    private final boolean terminal;
    private final long startNs;
    private long lastNs;
    private boolean shown;

    ReplayProgress(PrintStream out, boolean terminal, long nowNs) {
        this.out = out;
        this.terminal = terminal;
        startNs = nowNs;
        lastNs = nowNs;
    }

    void update(long published, long acknowledged, long nowNs) {
        if (!terminal || nowNs - lastNs < INTERVAL_NS) {
            return;
        }
        lastNs = nowNs;
        shown = true;
        double perSecond = acknowledged * 1e9 / (nowNs - startNs);
        out.print(String.format(
                Locale.ROOT, "\r%,d published, %,d acknowledged, %,.0f/s\u001b[K", published, acknowledged, perSecond));
        out.flush();
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
