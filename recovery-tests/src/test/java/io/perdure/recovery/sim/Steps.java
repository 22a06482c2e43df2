package io.perdure.recovery.sim;

import io.perdure.recovery.client.TraceEvent;
import java.util.Locale;

/** What a run did, step by step: always as one number, and if wanted as text. */
final class Steps {

    private final SimClock clock;
    private final long originNs;
    private final boolean readable;
    private final StringBuilder text = new StringBuilder();
    private long number;
    private long hash;

    Steps(SimClock clock, boolean readable) {
        this.clock = clock;
        this.originNs = clock.monotonicNs();
        this.readable = readable;
    }

    void next() {
        number++;
    }

    void note(String actor, String what, long detail) {
        add(actor.hashCode());
        add(what.hashCode());
        add(detail);
        if (readable) {
            text.append(String.format(
                    Locale.ROOT,
                    "%6d %12.6f  %-12s %s %d%n",
                    number,
                    (clock.monotonicNs() - originNs) / 1e9,
                    actor,
                    what,
                    detail));
        }
    }

    /** What happened to a client. */
    void event(String client, TraceEvent event) {
        add(client.hashCode());
        add(event.kind().name().hashCode());
        add(event.timeNs());
        add(event.packetId() << 2 | event.qos());
        add(event.message() << 1 | (event.dup() ? 1 : 0));
        add(event.reasonCode());
        if (readable) {
            text.append(String.format(Locale.ROOT, "%19s  %-12s   %s%n", "", client, event.toString(originNs)));
        }
    }

    private void add(long value) {
        hash = (hash ^ value) * 0x9E37_79B9_7F4A_7C15L;
        hash ^= hash >>> 29;
    }

    /** The same for two runs that did the same. */
    long hash() {
        return hash;
    }

    long originNs() {
        return originNs;
    }

    String text() {
        return text.toString();
    }
}
