package io.perdure.recovery.model;

import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;

/** A message as its publisher saw it. Filled by {@link History}. */
final class Published {

    /** A Message Expiry Interval from here on does not end within a run. */
    private static final long LONG_EXPIRY_S = 600;

    final long key;
    final Trace trace;
    final String topic;
    final int qos;
    final boolean retain;
    /** Message Expiry Interval; -1 if there is none. */
    final long expiryS;

    final boolean will;
    final long firstSentNs;
    final int firstIndex;
    long lastSentNs;
    int sends;
    /** When PUBACK or PUBREC came; 0 if none did. */
    long acknowledgedNs;

    int acknowledgedIndex;
    boolean refused;

    Published(Trace trace, int index, TraceEvent event, boolean will) {
        this.key = event.message();
        this.trace = trace;
        this.topic = event.text();
        this.qos = event.qos();
        this.retain = event.flag();
        this.expiryS = will ? -1 : event.seconds();
        this.will = will;
        this.firstSentNs = event.timeNs();
        this.firstIndex = index;
        this.lastSentNs = event.timeNs();
        this.sends = 1;
    }

    /** Whether its expiry may come before its delivery. */
    boolean mayExpire() {
        return expiryS >= 0 && expiryS < LONG_EXPIRY_S;
    }

    boolean acknowledged() {
        return acknowledgedNs != 0;
    }

    @Override
    public String toString() {
        return Payload.name(key) + " (QoS " + qos + ", " + topic + ", by " + trace.clientId() + ")";
    }
}
