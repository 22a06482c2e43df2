package io.perdure.recovery.model;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hand-made traces. Events of all clients are a millisecond apart, in the order of the calls. */
final class Script {

    private final List<Trace> traces = new ArrayList<>();
    private final List<Outage> outages = new ArrayList<>();
    private long nowNs = TimeUnit.HOURS.toNanos(1);

    /** Lets time pass. */
    Script pass(long seconds) {
        nowNs += TimeUnit.SECONDS.toNanos(seconds);
        return this;
    }

    /** The broker is killed and is back at once. */
    Script outage() {
        outages.add(new Outage(tick(), tick()));
        return this;
    }

    Client client(String clientId, Version version) {
        Trace trace = new Trace(clientId, version, nowNs);
        traces.add(trace);
        return new Client(trace);
    }

    List<Violation> check(Rule rule) {
        return Model.check(rule, new History(run()));
    }

    Run run() {
        return new Run(traces, outages, 0);
    }

    private long tick() {
        nowNs += 1_000_000;
        return nowNs;
    }

    /** What happens to one client; its methods are the packets. */
    final class Client {
        private final Trace trace;
        private int connection;

        private Client(Trace trace) {
            this.trace = trace;
        }

        private Client add(
                Kind kind, int id, int qos, boolean dup, boolean flag, boolean fresh, String text, long key, long s) {
            trace.add(new TraceEvent(tick(), connection, kind, id, qos, dup, flag, fresh, 0, text, key, s));
            return this;
        }

        Client ack(Kind kind, int id) {
            trace.add(TraceEvent.ack(tick(), connection, kind, id, 0));
            return this;
        }

        Client connect(boolean clean, long sessionExpiryS) {
            return connect(clean, sessionExpiryS, 65_535);
        }

        Client connect(boolean clean, long sessionExpiryS, int receiveMaximum) {
            connection++;
            return add(Kind.CONNECT_OUT, receiveMaximum, 0, false, clean, false, "", Payload.FOREIGN, sessionExpiryS);
        }

        Client will(long key, String topic, long delayS) {
            return add(Kind.WILL_OUT, 0, 1, false, false, false, topic, key, delayS);
        }

        Client connAck(boolean sessionPresent) {
            return add(Kind.CONNACK_IN, 0, 0, false, sessionPresent, false, "", Payload.FOREIGN, -1);
        }

        /** Connects with a session that does not expire. */
        Client begin() {
            return connect(false, ClientOptions.NO_EXPIRY).connAck(false);
        }

        Client resume() {
            return connect(false, ClientOptions.NO_EXPIRY).connAck(true);
        }

        /** DISCONNECT that ends the session. */
        Client endsSession() {
            return add(Kind.DISCONNECT_OUT, 0, 0, false, false, false, "", Payload.FOREIGN, 0)
                    .closed();
        }

        Client closed() {
            trace.add(TraceEvent.of(tick(), connection, Kind.CLOSED, TraceEvent.CLOSED_BY_BROKER));
            return this;
        }

        Client subscribes(String filter, int qos) {
            return add(Kind.SUBSCRIBE_OUT, 9, qos, false, false, false, filter, Payload.FOREIGN, -1);
        }

        Client subscribed(String filter, int qos) {
            subscribes(filter, qos);
            trace.add(new TraceEvent(
                    tick(), connection, Kind.SUBACK_IN, 9, qos, false, false, false, qos, filter, -1, -1));
            return this;
        }

        Client unsubscribed(String filter) {
            add(Kind.UNSUBSCRIBE_OUT, 9, 0, false, false, false, filter, Payload.FOREIGN, -1);
            return add(Kind.UNSUBACK_IN, 9, 0, false, false, false, filter, Payload.FOREIGN, -1);
        }

        Client sends(long key, int id, int qos, String topic) {
            return add(Kind.PUBLISH_OUT, id, qos, false, false, false, topic, key, -1);
        }

        Client sendsAgain(long key, int id, int qos, String topic) {
            return add(Kind.PUBLISH_OUT, id, qos, true, false, false, topic, key, -1);
        }

        Client sendsRetained(long key, int id, String topic) {
            return add(Kind.PUBLISH_OUT, id, 1, false, true, false, topic, key, -1)
                    .ack(Kind.PUBACK_IN, id);
        }

        Client clearsRetained(int id, String topic) {
            return add(Kind.PUBLISH_OUT, id, 1, false, true, false, topic, Payload.EMPTY, -1)
                    .ack(Kind.PUBACK_IN, id);
        }

        Client sendsWithExpiry(long key, int id, String topic, long expiryS) {
            return add(Kind.PUBLISH_OUT, id, 1, false, false, false, topic, key, expiryS);
        }

        /** Sends at QoS 1 and gets the PUBACK. */
        Client publishes(long key, int id, String topic) {
            return sends(key, id, 1, topic).ack(Kind.PUBACK_IN, id);
        }

        /** Sends at QoS 2 and goes through all steps. */
        Client publishesOnce(long key, int id, String topic) {
            return sends(key, id, 2, topic)
                    .ack(Kind.PUBREC_IN, id)
                    .ack(Kind.PUBREL_OUT, id)
                    .ack(Kind.PUBCOMP_IN, id);
        }

        Client gets(long key, int id, int qos, String topic) {
            return add(Kind.PUBLISH_IN, id, qos, false, false, true, topic, key, -1);
        }

        Client getsAgain(long key, int id, int qos, String topic, boolean fresh) {
            return add(Kind.PUBLISH_IN, id, qos, true, false, fresh, topic, key, -1);
        }

        Client getsRetained(long key, int id, String topic) {
            return add(Kind.PUBLISH_IN, id, 1, false, true, true, topic, key, -1)
                    .ack(Kind.PUBACK_OUT, id);
        }

        Client getsWithExpiry(long key, int id, String topic, long leftS) {
            return add(Kind.PUBLISH_IN, id, 1, false, false, true, topic, key, leftS)
                    .ack(Kind.PUBACK_OUT, id);
        }

        /** Gets at QoS 1 and answers. */
        Client takes(long key, int id, String topic) {
            return gets(key, id, 1, topic).ack(Kind.PUBACK_OUT, id);
        }

        /** Gets at QoS 2 and goes through all steps. */
        Client takesOnce(long key, int id, String topic) {
            return gets(key, id, 2, topic)
                    .ack(Kind.PUBREC_OUT, id)
                    .ack(Kind.PUBREL_IN, id)
                    .ack(Kind.PUBCOMP_OUT, id);
        }
    }
}
