package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.topic.TopicName;
import io.perdure.server.config.BrokerConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {

    private final Rig rig = new Rig(
            BrokerConfig.defaults().with("limits.delivery-buffer", "256KiB").limits());
    private Rig.Client publisher;

    @BeforeEach
    void connectPublisher() {
        publisher = rig.connected(MqttVersion.V5, "publisher");
    }

    private Rig.Client subscriber(String clientId, int qos) {
        Rig.Client client = rig.connected(MqttVersion.V5, clientId);
        client.subscribe("t", qos);
        return client;
    }

    private Rig.Client reconnected(Connect.Builder connect) {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(connect.cleanStart(false).sessionExpiryS(3600).build());
        rig.settle();
        return client;
    }

    private void publish(int qos, int count) {
        for (int i = 1; i <= count; i++) {
            publisher.send(Rig.publish("t", qos, qos == 0 ? 0 : i, "m" + i));
            if (qos == 2) {
                publisher.send(PubRel.of(i));
            }
            rig.settle();
        }
    }

    private static List<String> payloads(List<Packet> packets) {
        List<String> payloads = new ArrayList<>();
        for (Packet packet : packets) {
            if (packet instanceof Publish) {
                payloads.add(Rig.payload(packet));
            }
        }
        return payloads;
    }

    @Test
    void deliversAtTheLowerQosOfPublisherAndSubscription() {
        Rig.Client one = subscriber("one", 1);
        publish(2, 1);
        assertEquals(1, one.expect(Publish.class).qos());
        publish(0, 1);
        assertEquals(0, one.expect(Publish.class).qos());
    }

    @Test
    void finishesAQos1DeliveryWithItsPubAck() {
        Rig.Client client = subscriber("s", 1);
        publish(1, 1);
        Publish publish = client.expect(Publish.class);
        assertFalse(publish.dup());
        assertEquals(1, rig.session("s").queued());
        client.send(PubAck.of(publish.packetId()));
        rig.settle();
        assertEquals(0, rig.session("s").queued());
    }

    @Test
    void sendsPubRelOnlyWhenThePubRecIsDurable() {
        Rig.Client client = subscriber("s", 2);
        publish(2, 1);
        int packetId = client.expect(Publish.class).packetId();
        client.send(PubRec.of(packetId));
        rig.turn();
        assertTrue(client.received().isEmpty());
        rig.settle();
        assertEquals(PubRel.of(packetId), client.expect(PubRel.class));
        client.send(PubRec.of(packetId));
        rig.settle();
        assertEquals(PubRel.of(packetId), client.expect(PubRel.class));
        client.send(PubComp.of(packetId));
        rig.settle();
        assertTrue(client.received().isEmpty());
    }

    @Test
    void answersAnUnknownPubRecAndIgnoresAnUnknownPubAck() {
        Rig.Client client = subscriber("s", 2);
        client.send(PubRec.of(77), PubAck.of(78), PubComp.of(79));
        rig.settle();
        PubRel pubRel = client.expect(PubRel.class);
        assertEquals(77, pubRel.packetId());
        assertEquals(ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, pubRel.reasonCode());
    }

    @Test
    void refusesAnAcknowledgementOfAnotherKind() {
        Rig.Client client = subscriber("s", 2);
        publish(2, 1);
        client.send(PubAck.of(client.expect(Publish.class).packetId()));
        assertEquals(ReasonCode.PROTOCOL_ERROR, client.expect(Disconnect.class).reasonCode());
    }

    @Test
    void keepsToTheReceiveMaximumOfTheClient() {
        Rig.Client client = reconnected(Connect.builder(MqttVersion.V5, "s").receiveMaximum(2));
        client.expect(ConnAck.class);
        client.subscribe("t", 1);
        publish(1, 5);
        List<Packet> first = client.received();
        assertEquals(List.of("m1", "m2"), payloads(first));
        client.send(PubAck.of(((Publish) first.get(0)).packetId()));
        rig.settle();
        assertEquals("m3", Rig.payload(client.expect(Publish.class)));
    }

    @Test
    void resumesWithPubRelsFirstThenWhatMayHaveBeenSentThenTheRest() {
        Rig.Client client = reconnected(Connect.builder(MqttVersion.V5, "s").receiveMaximum(3));
        client.expect(ConnAck.class);
        client.subscribe("t", 2);
        publish(2, 5);
        List<Packet> first = client.received();
        int id1 = ((Publish) first.get(0)).packetId();
        int id2 = ((Publish) first.get(1)).packetId();
        client.send(PubRec.of(id2));
        client.connection.closed();
        rig.settle();
        Rig.Client again = reconnected(Connect.builder(MqttVersion.V5, "s"));
        List<Packet> packets = again.received();
        assertTrue(assertInstanceOf(ConnAck.class, packets.get(0)).sessionPresent());
        assertEquals(PubRel.of(id2), packets.get(1));
        assertEquals(List.of("m1", "m3", "m4", "m5"), payloads(packets));
        assertEquals(id1, ((Publish) packets.get(2)).packetId());
        assertTrue(((Publish) packets.get(2)).dup());
        assertTrue(((Publish) packets.get(3)).dup());
        assertFalse(((Publish) packets.get(4)).dup());
    }

    @Test
    void readsWhatWaitsInTheStore() {
        Rig.Client client = subscriber("s", 1);
        client.send(Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        String padding = "x".repeat(50_000);
        for (int i = 1; i <= 30; i++) {
            publisher.send(Rig.publish("t", 1, i, i + padding));
            rig.settle();
        }
        Rig.Client again = reconnected(Connect.builder(MqttVersion.V5, "s"));
        publisher.send(Rig.publish("t", 1, 31, "31" + padding));
        rig.settle();
        List<String> payloads = payloads(again.received());
        assertEquals(31, payloads.size());
        for (int i = 0; i < 31; i++) {
            assertEquals(i + 1 + padding, payloads.get(i));
        }
    }

    @Test
    void fallsBehindAndCatchesUpWithoutGapOrRepeat() {
        Rig.Client client = subscriber("s", 1);
        client.wire.setCapacity(0);
        String padding = "x".repeat(20_000);
        for (int i = 1; i <= 60; i++) {
            publisher.send(Rig.publish("t", 1, i, i + padding));
            rig.settle();
        }
        assertTrue(client.received().isEmpty());
        client.wire.setCapacity(Long.MAX_VALUE);
        rig.settle();
        publisher.send(Rig.publish("t", 1, 61, 61 + padding));
        rig.settle();
        List<String> payloads = payloads(client.received());
        assertEquals(61, payloads.size());
        assertEquals(1, rig.counters.fellBehind());
        for (int i = 0; i < 61; i++) {
            assertEquals(i + 1 + padding, payloads.get(i));
        }
    }

    @Test
    void dropsAndCountsQos0ForASlowReceiver() {
        Rig.Client client = subscriber("s", 1);
        client.wire.setCapacity(0);
        publish(0, 3);
        publisher.send(Rig.publish("t", 1, 9, "kept"), Rig.publish("t", 0, 0, "lost"));
        rig.settle();
        assertEquals(4, rig.counters.qos0Dropped());
        client.wire.setCapacity(Long.MAX_VALUE);
        rig.settle();
        assertEquals(List.of("kept"), payloads(client.received()));
    }

    @Test
    void neverSendsAgainWhatExpiredWhileItWaitedAndSendsTheRemainingExpiry() {
        Rig.Client client = subscriber("s", 1);
        client.send(Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        publisher.send(expiring(1, 5), expiring(2, 60));
        rig.settle();
        rig.clock.advanceMs(10_500);
        Rig.Client again = reconnected(Connect.builder(MqttVersion.V5, "s"));
        List<Packet> packets = again.received();
        assertEquals(2, packets.size());
        assertEquals(50, ((Publish) packets.get(1)).messageExpiryS());
        assertEquals(1, rig.counters.expired());
        assertEquals(1, rig.session("s").queued());
    }

    private static Publish expiring(int packetId, long expiryS) {
        return new Publish(
                false,
                1,
                false,
                TopicName.of("t"),
                packetId,
                expiryS,
                0,
                Publish.NO_IDS,
                Publish.NO_BYTES,
                Publish.NO_BYTES);
    }

    @Test
    void leavesOutWhatIsLargerThanTheClientTakes() {
        Rig.Client client = reconnected(Connect.builder(MqttVersion.V5, "s").maximumPacketSizeBytes(100));
        client.expect(ConnAck.class);
        client.subscribe("t", 1);
        publisher.send(
                Rig.publish("t", 1, 1, "x".repeat(93)),
                Rig.publish("t", 0, 0, "x".repeat(200)),
                Rig.publish("t", 1, 2, "x".repeat(92)));
        rig.settle();
        assertEquals(92, client.expect(Publish.class).payload().length);
        assertEquals(2, rig.counters.tooLarge());
        assertEquals(1, rig.session("s").queued());
    }

    @Test
    void usesTopicAliasesIfTheClientTakesThem() {
        Rig.Client client = reconnected(Connect.builder(MqttVersion.V5, "s").topicAliasMaximum(10));
        client.expect(ConnAck.class);
        client.subscribe("t", 1);
        publish(1, 2);
        List<Packet> packets = client.received();
        Publish first = (Publish) packets.get(0);
        Publish second = (Publish) packets.get(1);
        assertEquals(TopicName.of("t"), first.topic());
        assertEquals(1, first.topicAlias());
        assertNull(second.topic());
        assertEquals(1, second.topicAlias());
    }

    @Test
    void sendsSubscriptionIdentifiersAndRetainAsPublished() {
        Rig.Client client = rig.connected(MqttVersion.V5, "s");
        client.send(new Subscribe(1, List.of(new SubscriptionRequest("t", 1, false, true, 0)), 42, List.of()));
        rig.settle();
        client.received();
        publisher.send(Rig.publish("t", 1, 1, "x").withRetain(true), Rig.publish("t", 0, 0, "y"));
        rig.settle();
        List<Packet> packets = client.received();
        assertTrue(((Publish) packets.get(0)).retain());
        assertArrayEquals(new int[] {42}, ((Publish) packets.get(0)).subscriptionIds());
        assertFalse(((Publish) packets.get(1)).retain());
        assertArrayEquals(new int[] {42}, ((Publish) packets.get(1)).subscriptionIds());
    }

    @Test
    void replaysRetainedMessages() {
        publisher.send(Rig.publish("t", 0, 0, "zero").withRetain(true));
        rig.settle();
        Rig.Client client = rig.connected(MqttVersion.V5, "s");
        client.send(Subscribe.of(1, SubscriptionRequest.of("#", 1)));
        rig.settle();
        Publish publish = (Publish) client.received().get(1);
        assertTrue(publish.retain());
        assertEquals(0, rig.session("s").queued());
    }

    @Test
    void sendsNothingBeforeItsOwnConnAck() {
        Rig.Client client = subscriber("s", 1);
        client.send(Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        Rig.Client again = rig.client(MqttVersion.V5);
        again.send(Connect.builder(MqttVersion.V5, "s").cleanStart(false).build());
        publisher.send(Rig.publish("t", 1, 1, "x"));
        rig.store.commit();
        publisher.send(Rig.publish("t", 0, 0, "y"));
        rig.settle();
        List<Packet> packets = again.received();
        assertInstanceOf(ConnAck.class, packets.get(0));
        assertTrue(payloads(packets).contains("x"));
    }

    @Test
    void goesOnWhenPacketIdentifiersWrapAround() {
        Rig.Client client = subscriber("s", 1);
        client.send(Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        rig.session("s").skipTo(65_530);
        Rig.Client again = reconnected(Connect.builder(MqttVersion.V5, "s"));
        again.expect(ConnAck.class);
        for (int i = 0; i < 20; i++) {
            publisher.send(Rig.publish("t", 1, 1, "m"));
            rig.settle();
            publisher.received();
            Publish publish = again.expect(Publish.class);
            assertEquals((65_530 + i) % 65_535 + 1, publish.packetId());
            again.send(PubAck.of(publish.packetId()));
            rig.settle();
        }
        assertEquals(0, rig.session("s").queued());
    }

    @Test
    void stopsReadingAClientThatDoesNotReadItsAnswers() {
        Rig.Client client = rig.connected(MqttVersion.V5, "s");
        client.wire.setCapacity(0);
        byte[] pings = new byte[100_000];
        for (int i = 0; i < pings.length; i += 2) {
            pings[i] = (byte) 0xC0;
        }
        for (int i = 0; i < 20; i++) {
            client.wire.receive(io.netty.buffer.Unpooled.copiedBuffer(pings));
            rig.settle();
        }
        assertTrue(client.wire.isPaused());
        int answered = client.received().size();
        assertTrue(answered < 700_000, answered + " answers are in memory");
        client.wire.setCapacity(Long.MAX_VALUE);
        rig.settle();
        assertEquals(1_000_000, answered + client.received().size());
    }
}
