package io.perdure.tools;

import java.util.Locale;

/** A part of a dump, in the order in which all are printed. */
enum DumpSection {
    SESSIONS,
    SUBSCRIPTIONS,
    QUEUES,
    INFLIGHT,
    INBOUND,
    RETAINED,
    WILLS;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
