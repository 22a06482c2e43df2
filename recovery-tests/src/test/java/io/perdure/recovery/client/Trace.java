package io.perdure.recovery.client;

import java.util.ArrayList;
import java.util.List;

/** All that happened to one client, in order. Safe for many threads. */
public final class Trace {

    private final String clientId;
    private final Version version;
    private final long originNs;
    private final boolean silent;
    private final List<TraceEvent> events = new ArrayList<>();

    /**
     * An empty trace.
     *
     * @param originNs what is printed as time 0
     */
    public Trace(String clientId, Version version, long originNs) {
        this(clientId, version, originNs, false);
    }

    private Trace(String clientId, Version version, long originNs, boolean silent) {
        this.clientId = clientId;
        this.version = version;
        this.originNs = originNs;
        this.silent = silent;
    }

    /** A trace that keeps nothing, for runs that are too long for it. */
    public static Trace silent(String clientId, Version version) {
        return new Trace(clientId, version, 0, true);
    }

    public String clientId() {
        return clientId;
    }

    public Version version() {
        return version;
    }

    public synchronized void add(TraceEvent event) {
        if (!silent) {
            events.add(event);
        }
    }

    /** A copy of the events so far. */
    public synchronized List<TraceEvent> events() {
        return List.copyOf(events);
    }

    /** The event with a number, from 0. */
    public synchronized TraceEvent event(int index) {
        return events.get(index);
    }

    public synchronized int size() {
        return events.size();
    }

    /** The lines around an event, itself marked. */
    public synchronized String around(int index, int linesBefore, int linesAfter) {
        StringBuilder text = new StringBuilder();
        int from = Math.max(0, index - linesBefore);
        int to = Math.min(events.size(), index + linesAfter + 1);
        for (int i = from; i < to; i++) {
            text.append(i == index ? "  > " : "    ")
                    .append(events.get(i).toString(originNs))
                    .append('\n');
        }
        return text.toString();
    }
}
