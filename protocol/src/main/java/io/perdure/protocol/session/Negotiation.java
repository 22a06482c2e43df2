package io.perdure.protocol.session;

import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.Will;

/** What a CONNECT and the limits of the broker lead to: {@link Terms}, or a {@link Refusal}. Authentication is not in it. */
public sealed interface Negotiation permits Terms, Negotiation.Refusal {

    /**
     * The connection is refused with this CONNACK.
     *
     * @param reasonCode an error; {@link ReasonCode#connectReturnCode} before MQTT 5.0
     * @param reason for the Reason String and the log
     */
    record Refusal(ReasonCode reasonCode, String reason) implements Negotiation {}

    /**
     * Decides.
     *
     * @param spareClientId a fresh Client Identifier, used if the client has none [MQTT-3.1.3-6]
     */
    static Negotiation of(Connect connect, ServerLimits limits, String spareClientId) {
        boolean assign = connect.clientId().isEmpty();
        if (assign && !mayBeAssigned(connect)) {
            return new Refusal(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    connect.version() == MqttVersion.V3_1
                            ? "MQTT 3.1 does not allow an empty Client Identifier"
                            : "a Client Identifier is needed to keep a session");
        }
        if (connect.version() == MqttVersion.V3_1 && characters(connect.clientId()) > limits.mqtt31ClientIdMaximum()) {
            return new Refusal(
                    ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                    "Client Identifier of more than " + limits.mqtt31ClientIdMaximum() + " characters in MQTT 3.1");
        }
        if (connect.authenticationMethod() != null) {
            return new Refusal(ReasonCode.BAD_AUTHENTICATION_METHOD, "enhanced authentication is not supported");
        }
        Will will = connect.will();
        if (will != null && will.qos() > limits.maximumQos()) {
            return new Refusal(ReasonCode.QOS_NOT_SUPPORTED, "the QoS of the Will is too high");
        }
        if (will != null && will.retain() && !limits.retainAvailable()) {
            return new Refusal(ReasonCode.RETAIN_NOT_SUPPORTED, "the Will can't be retained");
        }
        boolean v5 = connect.version().hasProperties();
        long wantedExpiryS = connect.sessionExpiryS();
        if (!v5) {
            wantedExpiryS = connect.cleanStart() ? 0 : ServerLimits.NO_EXPIRY;
        }
        return new Terms(
                connect.version(),
                connect.bridge(),
                assign ? spareClientId : connect.clientId(),
                assign,
                connect.cleanStart(),
                wantedExpiryS,
                Math.min(wantedExpiryS, limits.sessionExpiryMaximumS()),
                connect.keepAliveS(),
                keepAliveS(connect, limits),
                connect.receiveMaximum(),
                connect.maximumPacketSizeBytes(),
                Math.min(connect.topicAliasMaximum(), limits.outboundAliasMaximum()),
                connect.requestProblemInformation(),
                limits);
    }

    private static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    private static boolean mayBeAssigned(Connect connect) {
        return switch (connect.version()) {
            // [MQTT-3.1.3-7] of 3.1.1: only with Clean Session
            case V3_1_1 -> connect.cleanStart();
            case V3_1 -> false;
            case V5 -> true;
        };
    }

    private static int keepAliveS(Connect connect, ServerLimits limits) {
        int wantedS = connect.keepAliveS();
        int maximumS = limits.keepAliveMaximumS();
        boolean tooLong = maximumS != 0 && (wantedS == 0 || wantedS > maximumS);
        // an older client can't be told, so it must not be held to it
        return tooLong && connect.version() == MqttVersion.V5 ? maximumS : wantedS;
    }
}
