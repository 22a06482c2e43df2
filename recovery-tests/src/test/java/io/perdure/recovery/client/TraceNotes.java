package io.perdure.recovery.client;

import io.perdure.recovery.client.TraceEvent.Kind;
import java.util.List;
import java.util.Map;

/** Packets to events of a trace. */
final class TraceNotes {

    private TraceNotes() {}

    static TraceEvent connect(long nowNs, int connection, ClientOptions options, boolean cleanStart) {
        return new TraceEvent(
                nowNs,
                connection,
                Kind.CONNECT_OUT,
                options.receiveMaximum(),
                0,
                false,
                cleanStart,
                false,
                0,
                "",
                Payload.FOREIGN,
                options.version() == Version.V5 ? options.sessionExpiryS() : -1);
    }

    static TraceEvent will(long nowNs, int connection, WillMessage will) {
        return new TraceEvent(
                nowNs,
                connection,
                Kind.WILL_OUT,
                0,
                will.qos(),
                false,
                will.retain(),
                false,
                0,
                will.topic(),
                Payload.keyOf(will.payload()),
                will.delayS());
    }

    static void sent(Trace trace, long nowNs, int connection, Packet packet) {
        if (packet instanceof Packet.Publish publish) {
            trace.add(TraceEvent.message(
                    nowNs, connection, Kind.PUBLISH_OUT, publish, Payload.keyOf(publish.payload()), false));
        } else if (packet instanceof Packet.Ack ack) {
            Kind kind =
                    switch (ack.step()) {
                        case PUBACK -> Kind.PUBACK_OUT;
                        case PUBREC -> Kind.PUBREC_OUT;
                        case PUBREL -> Kind.PUBREL_OUT;
                        case PUBCOMP -> Kind.PUBCOMP_OUT;
                    };
            trace.add(TraceEvent.ack(nowNs, connection, kind, ack.packetId(), ack.reasonCode()));
        } else if (packet instanceof Packet.Subscribe subscribe) {
            for (Packet.Filter filter : subscribe.filters()) {
                trace.add(request(
                        nowNs, connection, Kind.SUBSCRIBE_OUT, subscribe.packetId(), filter.qos(), 0, filter.filter()));
            }
        } else if (packet instanceof Packet.Unsubscribe unsubscribe) {
            for (String filter : unsubscribe.filters()) {
                trace.add(request(nowNs, connection, Kind.UNSUBSCRIBE_OUT, unsubscribe.packetId(), 0, 0, filter));
            }
        } else if (packet instanceof Packet.PingReq) {
            trace.add(TraceEvent.of(nowNs, connection, Kind.PINGREQ_OUT, ""));
        } else if (packet instanceof Packet.Disconnect disconnect) {
            long expiryS = disconnect.properties().number(Properties.SESSION_EXPIRY, -1);
            trace.add(new TraceEvent(
                    nowNs,
                    connection,
                    Kind.DISCONNECT_OUT,
                    0,
                    0,
                    false,
                    false,
                    false,
                    disconnect.reasonCode(),
                    "",
                    Payload.FOREIGN,
                    expiryS));
        }
    }

    /** @param requests the filters that a SUBACK or UNSUBACK answers, by Packet Identifier */
    static void received(Trace trace, long nowNs, int connection, Packet packet, Map<Integer, List<String>> requests) {
        if (packet instanceof Packet.ConnAck connAck) {
            trace.add(new TraceEvent(
                    nowNs,
                    connection,
                    Kind.CONNACK_IN,
                    0,
                    0,
                    false,
                    connAck.sessionPresent(),
                    false,
                    connAck.reasonCode(),
                    "",
                    Payload.FOREIGN,
                    -1));
        } else if (packet instanceof Packet.Ack ack) {
            Kind kind =
                    switch (ack.step()) {
                        case PUBACK -> Kind.PUBACK_IN;
                        case PUBREC -> Kind.PUBREC_IN;
                        case PUBREL -> Kind.PUBREL_IN;
                        case PUBCOMP -> Kind.PUBCOMP_IN;
                    };
            trace.add(TraceEvent.ack(nowNs, connection, kind, ack.packetId(), ack.reasonCode()));
        } else if (packet instanceof Packet.SubAck subAck) {
            answered(trace, nowNs, connection, Kind.SUBACK_IN, subAck.packetId(), subAck.reasonCodes(), requests);
        } else if (packet instanceof Packet.UnsubAck unsubAck) {
            answered(trace, nowNs, connection, Kind.UNSUBACK_IN, unsubAck.packetId(), unsubAck.reasonCodes(), requests);
        } else if (packet instanceof Packet.PingResp) {
            trace.add(TraceEvent.of(nowNs, connection, Kind.PINGRESP_IN, ""));
        } else if (packet instanceof Packet.Disconnect disconnect) {
            trace.add(TraceEvent.ack(nowNs, connection, Kind.DISCONNECT_IN, 0, disconnect.reasonCode()));
        }
    }

    private static void answered(
            Trace trace,
            long nowNs,
            int connection,
            Kind kind,
            int packetId,
            List<Integer> codes,
            Map<Integer, List<String>> requests) {
        List<String> filters = requests.getOrDefault(packetId, List.of());
        for (int i = 0; i < filters.size(); i++) {
            int code = i < codes.size() ? codes.get(i) : 0;
            trace.add(request(nowNs, connection, kind, packetId, code < 3 ? code : 0, code, filters.get(i)));
        }
    }

    private static TraceEvent request(
            long nowNs, int connection, Kind kind, int packetId, int qos, int reasonCode, String filter) {
        return new TraceEvent(
                nowNs, connection, kind, packetId, qos, false, false, false, reasonCode, filter, Payload.FOREIGN, -1);
    }
}
