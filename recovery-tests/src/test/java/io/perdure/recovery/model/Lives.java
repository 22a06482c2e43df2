package io.perdure.recovery.model;

import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import java.util.ArrayList;
import java.util.List;

/**
 * The sessions that one client had, one after the other. One that the client has ended counts as ended, also if the broker
 * died before it knew: then it is two here.
 */
final class Lives {

    /**
     * A session that ended.
     *
     * @param timeNs when, at the latest
     * @param receiveMaximum how many messages were in progress, at most
     */
    record End(long timeNs, int receiveMaximum) {}

    private final Trace trace;
    private final int[] lifeAt;
    private final List<End> ends = new ArrayList<>();
    private boolean alive;
    private int receiveMaximum;

    Lives(Trace trace, List<TraceEvent> events) {
        this.trace = trace;
        this.lifeAt = new int[events.size()];
        TraceEvent connect = null;
        TraceEvent granted = null;
        for (int i = 0; i < lifeAt.length; i++) {
            TraceEvent event = events.get(i);
            switch (event.kind()) {
                case CONNECT_OUT -> {
                    connect = event;
                    if (event.flag()) {
                        end(event);
                    }
                }
                case CONNACK_IN -> {
                    if (event.reasonCode() == 0) {
                        if (granted != null && !History.durable(trace, granted)) {
                            end(event); // it ended with its connection, whatever is there now
                        }
                        begin(event, connect == null ? 0 : toldReceiveMaximum(connect));
                        granted = connect;
                    }
                }
                case DISCONNECT_OUT -> {
                    if (event.seconds() == 0) {
                        end(event);
                    }
                }
                case CLOSED, VIOLATION -> {
                    if (granted != null
                            && granted.connection() == event.connection()
                            && !History.durable(trace, granted)) {
                        end(event);
                    }
                }
                default -> {}
            }
            lifeAt[i] = ends.size();
        }
    }

    /** What the broker knows of it. */
    private int toldReceiveMaximum(TraceEvent connect) {
        return trace.version() == Version.V5 ? connect.packetId() : 65_535;
    }

    private void begin(TraceEvent connAck, int receiveMaximumNow) {
        if (!connAck.flag() && trace.version() != Version.V3_1) {
            end(connAck); // unseen
            int last = ends.size() - 1;
            if (last >= 0) {
                // it asked for the end before, but only now is it sure that the broker knew
                ends.set(last, new End(connAck.timeNs(), ends.get(last).receiveMaximum()));
            }
        }
        receiveMaximum = alive ? Math.max(receiveMaximum, receiveMaximumNow) : receiveMaximumNow;
        alive = true;
    }

    private void end(TraceEvent event) {
        if (alive) {
            alive = false;
            ends.add(new End(event.timeNs(), receiveMaximum));
        }
    }

    /** Those that ended, in order. */
    List<End> ends() {
        return ends;
    }

    /** The number of the session that an event belongs to, from 0. */
    int at(int index) {
        return lifeAt[index];
    }

    /** Whether the session that an event belongs to has ended. */
    boolean ended(int index) {
        return lifeAt[index] < ends.size();
    }

    /** Whether there is a session at the end. */
    boolean goesOn() {
        return alive;
    }
}
