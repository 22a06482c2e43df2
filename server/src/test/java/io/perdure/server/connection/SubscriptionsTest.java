package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.storage.Subscription;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubscriptionsTest {

    private final Rig rig = new Rig();

    @Test
    void acknowledgesASubscriptionOnlyWhenItIsDurable() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(Subscribe.of(5, SubscriptionRequest.of("x", 0), SubscriptionRequest.of("y", 2)));
        rig.turn();
        assertTrue(client.received().isEmpty());
        rig.settle();
        SubAck subAck = client.expect(SubAck.class);
        assertEquals(5, subAck.packetId());
        assertEquals(List.of(ReasonCode.SUCCESS, ReasonCode.GRANTED_QOS_2), subAck.reasonCodes());
    }

    @Test
    void passesTheOptionsOn() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(new Subscribe(1, List.of(new SubscriptionRequest("x/#", 1, true, true, 2)), 9, List.of()));
        client.send(Subscribe.of(2, SubscriptionRequest.of("$share/g/y", 1)));
        rig.settle();
        FakeStore.FakeSession session = rig.session("a");
        assertEquals(
                new Subscription(session, "x/#", null, 1, true, true, 2, 9),
                session.subscriptions().get("x/#"));
        assertEquals(
                new Subscription(session, "y", "g", 1, false, false, 0, 0),
                session.subscriptions().get("$share/g/y"));
    }

    @Test
    void answersEachInvalidFilterInItsPlace() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(Subscribe.of(
                1,
                SubscriptionRequest.of("a#", 1),
                SubscriptionRequest.of("ok", 1),
                SubscriptionRequest.of("$share//x", 1)));
        rig.settle();
        SubAck subAck = client.expect(SubAck.class);
        assertEquals(
                List.of(ReasonCode.TOPIC_FILTER_INVALID, ReasonCode.GRANTED_QOS_1, ReasonCode.TOPIC_FILTER_INVALID),
                subAck.reasonCodes());
        assertNotNull(subAck.reasonString());
        client.send(Unsubscribe.of(2, "a#", "ok", "none"));
        rig.settle();
        assertEquals(
                List.of(ReasonCode.TOPIC_FILTER_INVALID, ReasonCode.SUCCESS, ReasonCode.NO_SUBSCRIPTION_EXISTED),
                client.expect(UnsubAck.class).reasonCodes());
    }

    @Test
    void answersAtOnceIfNoFilterIsValid() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(Subscribe.of(1, SubscriptionRequest.of("a#", 1)));
        rig.turn();
        assertEquals(
                List.of(ReasonCode.TOPIC_FILTER_INVALID),
                client.expect(SubAck.class).reasonCodes());
        client.send(Unsubscribe.of(2, "a+"));
        rig.turn();
        assertEquals(
                List.of(ReasonCode.TOPIC_FILTER_INVALID),
                client.expect(UnsubAck.class).reasonCodes());
    }

    @Test
    void givesNoReasonStringToAClientThatWantsNone() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, "a")
                .requestProblemInformation(false)
                .build());
        rig.settle();
        client.expect(ConnAck.class);
        client.send(Subscribe.of(1, SubscriptionRequest.of("a#", 1)));
        rig.settle();
        assertNull(client.expect(SubAck.class).reasonString());
    }

    @Test
    void closesTheConnectionOfAnOlderClientWithAnInvalidFilter() {
        Rig.Client client = rig.connected(MqttVersion.V3_1_1, "a");
        client.send(Subscribe.of(1, SubscriptionRequest.of("a#", 1)));
        assertTrue(client.wire.isClosed());
        assertTrue(client.received().isEmpty());
    }

    @Test
    void failsASubscriptionOfAnOlderClientWithAWrongShareName() {
        Rig.Client client = rig.connected(MqttVersion.V3_1_1, "a");
        client.send(Subscribe.of(1, SubscriptionRequest.of("$share//x", 1), SubscriptionRequest.of("ok", 1)));
        rig.settle();
        assertEquals(
                List.of(ReasonCode.UNSPECIFIED_ERROR, ReasonCode.GRANTED_QOS_1),
                client.expect(SubAck.class).reasonCodes());
        client.send(Unsubscribe.of(2, "$share//x"));
        rig.settle();
        assertEquals(2, client.expect(UnsubAck.class).packetId());
    }

    @Test
    void closesWhenAnAnswerWouldBeTooLargeForTheClient() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(
                Connect.builder(MqttVersion.V5, "a").maximumPacketSizeBytes(32).build());
        rig.settle();
        client.expect(ConnAck.class);
        SubscriptionRequest[] requests =
                Collections.nCopies(28, SubscriptionRequest.of("x", 0)).toArray(new SubscriptionRequest[0]);
        client.send(Subscribe.of(1, requests));
        assertEquals(
                ReasonCode.PACKET_TOO_LARGE, client.expect(Disconnect.class).reasonCode());
        assertTrue(rig.session("a").subscriptions().isEmpty());
    }

    @Test
    void refusesNoLocalOnASharedSubscription() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(Subscribe.of(1, new SubscriptionRequest("$share/g/x", 1, true, false, 0)));
        assertEquals(ReasonCode.PROTOCOL_ERROR, client.expect(Disconnect.class).reasonCode());
    }

    @Test
    void unsubscribesInV311WithoutReasonCodes() {
        Rig.Client client = rig.connected(MqttVersion.V3_1_1, "a");
        client.subscribe("x", 1);
        client.send(Unsubscribe.of(2, "x"));
        rig.settle();
        assertEquals(2, client.expect(UnsubAck.class).packetId());
        assertTrue(rig.session("a").subscriptions().isEmpty());
    }
}
