package io.perdure.tools;

import io.perdure.tools.torture.Progress;
import java.io.PrintStream;
import java.util.Locale;

/** One line on a terminal that says how far a run is; elsewhere a line for each cycle. For one thread. */
final class TortureProgress implements Progress {

    private final PrintStream out;
    private final boolean terminal;
    private boolean shown;

    TortureProgress(Console console) {
        out = console.err();
        terminal = console.errIsTerminal();
    }

    @Override
    public void cycle(State state) {
        boolean endless = state.ofCycles() == Integer.MAX_VALUE;
        String line = String.format(
                Locale.ROOT,
                "cycle %d%s  back in %,d ms  %,d acknowledged  %,d delivered  %s",
                state.cycles(),
                endless ? "" : "/" + state.ofCycles(),
                state.returnMs(),
                state.acknowledged(),
                state.deliveries(),
                state.broken() == 0 ? "nothing broken" : state.broken() + " BROKEN");
        if (!endless && state.cycles() < state.ofCycles()) {
            long leftMs = state.elapsedMs() / state.cycles() * (state.ofCycles() - state.cycles());
            line += "  " + Humane.duration(Math.max(1_000, leftMs)) + " left";
        }
        show(line);
    }

    @Override
    public void say(String what) {
        show(what);
    }

    private void show(String line) {
        if (terminal) {
            out.print("\r" + line + "\u001b[K");
            out.flush();
            shown = true;
        } else {
            out.println(line);
        }
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
