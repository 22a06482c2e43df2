package io.perdure.protocol.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import org.junit.jupiter.api.Test;

class NegotiationTest {

    private static final ServerLimits OPEN =
            ServerLimits.of(65_535, Packet.LARGEST_BYTES, 0, 100, ServerLimits.NO_EXPIRY, 0, 65_535);
    private static final ServerLimits TIGHT = ServerLimits.of(20, 1_000, 5, 10, 3_600, 60, 23);
    private static final ServerLimits POOR = new ServerLimits(1, 100, 0, 0, 1, 0, 0, 23, false, false, false, false);

    private static Connect.Builder v5(String clientId) {
        return Connect.builder(MqttVersion.V5, clientId);
    }

    private static Connect.Builder v311(String clientId) {
        return Connect.builder(MqttVersion.V3_1_1, clientId);
    }

    private static Connect.Builder v31(String clientId) {
        return Connect.builder(MqttVersion.V3_1, clientId);
    }

    private static Terms accepted(Connect.Builder connect, ServerLimits limits) {
        return assertInstanceOf(Terms.class, Negotiation.of(connect.build(), limits, "spare"));
    }

    private static ReasonCode refused(Connect.Builder connect, ServerLimits limits) {
        return assertInstanceOf(Negotiation.Refusal.class, Negotiation.of(connect.build(), limits, "spare"))
                .reasonCode();
    }

    @Test
    void saysNothingInConnAckThatTheClientAssumesAnyway() {
        Terms terms = accepted(v5("c").sessionExpiryS(100).keepAliveS(30), OPEN);
        assertEquals(ConnAck.accepted(true).build(), terms.connAck(true));
    }

    @Test
    void tellsTheClientWhatIsLessThanItWants() {
        Terms terms = accepted(v5("").sessionExpiryS(7_200).keepAliveS(61).topicAliasMaximum(50), TIGHT);
        assertEquals("spare", terms.clientId());
        assertEquals(3_600, terms.sessionExpiryS());
        assertEquals(60, terms.keepAliveS());
        assertEquals(10, terms.outboundAliasMaximum());
        assertEquals(5, terms.inboundAliasMaximum());
        assertEquals(20, terms.receiveMaximum());
        assertEquals(
                ConnAck.accepted(false)
                        .assignedClientId("spare")
                        .sessionExpiryS(3_600)
                        .serverKeepAliveS(60)
                        .receiveMaximum(20)
                        .maximumPacketSizeBytes(1_000)
                        .topicAliasMaximum(5)
                        .build(),
                terms.connAck(false));
    }

    @Test
    void tellsTheClientWhatIsNotThere() {
        ConnAck connAck = accepted(v5("c"), POOR).connAck(false);
        assertEquals(1, connAck.maximumQos());
        assertFalse(connAck.retainAvailable());
        assertFalse(connAck.wildcardSubscriptionAvailable());
        assertFalse(connAck.subscriptionIdentifiersAvailable());
        assertFalse(connAck.sharedSubscriptionAvailable());
    }

    @Test
    void limitsAKeepAliveThatIsOff() {
        assertEquals(60, accepted(v5("c").keepAliveS(0), TIGHT).keepAliveS());
        assertEquals(0, accepted(v5("c").keepAliveS(0), OPEN).keepAliveS());
        assertEquals(30, accepted(v5("c").keepAliveS(30), TIGHT).keepAliveS());
    }

    @Test
    void derivesTheSessionExpiryOfOlderClientsFromCleanSession() {
        assertEquals(0, accepted(v311("c").cleanStart(true), OPEN).sessionExpiryS());
        assertEquals(
                ServerLimits.NO_EXPIRY,
                accepted(v311("c").cleanStart(false), OPEN).sessionExpiryS());
        assertEquals(3_600, accepted(v311("c").cleanStart(false), TIGHT).sessionExpiryS());
    }

    @Test
    void doesNotHoldOlderClientsToWhatTheyCannotBeTold() {
        Terms terms = accepted(v311("c").cleanStart(false).keepAliveS(600), TIGHT);
        assertEquals(600, terms.keepAliveS());
        assertEquals(65_535, terms.receiveMaximum());
        assertEquals(65_535, terms.sendReceiveMaximum());
        assertEquals(0, terms.inboundAliasMaximum());
        assertEquals(0, terms.outboundAliasMaximum());
        assertEquals(ConnAck.accepted(true).build(), terms.connAck(true));
    }

    @Test
    void assignsAClientIdentifierUnlessAnOlderClientWantsToKeepItsSession() {
        assertTrue(accepted(v5("").cleanStart(false), OPEN).clientIdAssigned());
        assertTrue(accepted(v311("").cleanStart(true), OPEN).clientIdAssigned());
        assertFalse(accepted(v311("c").cleanStart(false), OPEN).clientIdAssigned());
        assertEquals(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, refused(v311("").cleanStart(false), OPEN));
        assertEquals(2, refused(v311("").cleanStart(false), OPEN).connectReturnCode());
        assertNull(accepted(v5("c"), OPEN).connAck(false).assignedClientId());
    }

    @Test
    void refusesAClientIdentifierOf31ThatIsEmptyOrLongerThanAllowed() {
        assertEquals(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, refused(v31("").cleanStart(true), OPEN));
        assertEquals(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, refused(v31("").cleanStart(false), OPEN));
        String twentyThree = "\uD83D\uDE00".repeat(23);
        assertEquals(twentyThree, accepted(v31(twentyThree), TIGHT).clientId());
        assertEquals(ReasonCode.CLIENT_IDENTIFIER_NOT_VALID, refused(v31(twentyThree + "x"), TIGHT));
        assertEquals(2, refused(v31(twentyThree + "x"), TIGHT).connectReturnCode());
        accepted(v31("x".repeat(100)), OPEN);
        accepted(v311("x".repeat(100)), TIGHT);
    }

    @Test
    void derivesTheSessionOfA31ClientFromCleanSession() {
        assertEquals(0, accepted(v31("c").cleanStart(true), OPEN).sessionExpiryS());
        assertEquals(
                ServerLimits.NO_EXPIRY,
                accepted(v31("c").cleanStart(false), OPEN).sessionExpiryS());
        assertEquals(600, accepted(v31("c").keepAliveS(600), TIGHT).keepAliveS());
    }

    @Test
    void keepsInMindThatAClientIsABridge() {
        assertTrue(accepted(v31("c").bridge(true), OPEN).bridge());
        assertFalse(accepted(v31("c"), OPEN).bridge());
    }

    @Test
    void refusesAWillThatCannotBePublishedAsItIs() {
        TopicName topic = TopicName.of("t");
        assertEquals(ReasonCode.QOS_NOT_SUPPORTED, refused(v5("c").will(Will.of(topic, new byte[0], 2, false)), POOR));
        assertEquals(
                ReasonCode.RETAIN_NOT_SUPPORTED, refused(v5("c").will(Will.of(topic, new byte[0], 1, true)), POOR));
        accepted(v5("c").will(Will.of(topic, new byte[0], 2, true)), OPEN);
    }

    @Test
    void refusesEnhancedAuthentication() {
        assertEquals(ReasonCode.BAD_AUTHENTICATION_METHOD, refused(v5("c").authentication("SCRAM", null), OPEN));
    }

    @Test
    void letsDisconnectChangeTheExpiryUnlessTheSessionWasToEnd() {
        Terms ending = accepted(v5("c").sessionExpiryS(0), TIGHT);
        assertFalse(ending.mayExpireAfter(1));
        assertTrue(ending.mayExpireAfter(0));
        assertTrue(ending.mayExpireAfter(-1));
        Terms lasting = accepted(v5("c").sessionExpiryS(10), TIGHT);
        assertTrue(lasting.mayExpireAfter(100_000));
        assertEquals(3_600, lasting.expiryAtEndS(100_000));
        assertEquals(0, lasting.expiryAtEndS(0));
        assertEquals(-1, lasting.expiryAtEndS(-1));
    }
}
