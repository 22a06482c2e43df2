package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.perdure.storage.Command;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PublishingTest {

    private final Rig rig = new Rig();

    @ParameterizedTest
    @EnumSource(names = {"V3_1_1", "V5"})
    void acknowledgesOnlyWhatIsDurable(MqttVersion version) {
        rig.connected(MqttVersion.V5, "s").subscribe("t", 2);
        Rig.Client client = rig.connected(version, "p");
        client.send(Rig.publish("t", 1, 1, "a"), Rig.publish("t", 2, 2, "b"));
        rig.turn();
        assertTrue(client.received().isEmpty());
        rig.settle();
        List<Packet> packets = client.received();
        assertEquals(PubAck.of(1), packets.get(0));
        assertEquals(PubRec.of(2), packets.get(1));
        client.send(PubRel.of(2));
        rig.settle();
        assertEquals(PubComp.of(2), client.expect(PubComp.class));
    }

    @Test
    void submitsOnceAndWritesOncePerBurst() {
        Rig.Client subscriber = rig.connected(MqttVersion.V5, "s");
        subscriber.subscribe("t", 1);
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        int flushes = client.wire.flushes();
        int subscriberFlushes = subscriber.wire.flushes();
        Packet[] burst = new Packet[50];
        for (int i = 0; i < burst.length; i++) {
            burst[i] = Rig.publish("t", 1, i + 1, "m");
        }
        client.send(burst);
        assertEquals(1, rig.store.waiting().size());
        rig.settle();
        assertEquals(50, client.received().size());
        assertEquals(50, subscriber.received().size());
        assertEquals(flushes + 1, client.wire.flushes());
        assertEquals(subscriberFlushes + 1, subscriber.wire.flushes());
    }

    @Test
    void tellsAV5PublisherThatNobodySubscribed() {
        Rig.Client five = rig.connected(MqttVersion.V5, "five");
        five.send(Rig.publish("t", 1, 1, ""), Rig.publish("t", 2, 2, ""));
        Rig.Client older = rig.connected(MqttVersion.V3_1_1, "older");
        older.send(Rig.publish("t", 1, 1, ""));
        rig.settle();
        List<Packet> packets = five.received();
        assertEquals(PubAck.of(1, ReasonCode.NO_MATCHING_SUBSCRIBERS), packets.get(0));
        assertEquals(PubRec.of(2, ReasonCode.NO_MATCHING_SUBSCRIBERS), packets.get(1));
        assertEquals(PubAck.of(1), older.expect(PubAck.class));
    }

    @Test
    void deliversQos0WithoutTheLedger() {
        Rig.Client near = rig.connected(MqttVersion.V5, "near");
        near.subscribe("t/#", 0);
        Rig.Client far = rig.clientOnOtherLoop(MqttVersion.V3_1_1);
        far.sendBytes(0x10, 15, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 3, 'f', 'a', 'r');
        rig.settle();
        far.received();
        far.subscribe("t/1", 2);
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(Rig.publish("t/1", 0, 0, "x"));
        rig.turn();
        assertTrue(rig.store.waiting().isEmpty());
        assertEquals("x", Rig.payload(near.expect(Publish.class)));
        assertEquals("x", Rig.payload(far.expect(Publish.class)));
    }

    @Test
    void keepsQos0BehindWhatIsInTheLedger() {
        Rig.Client subscriber = rig.connected(MqttVersion.V5, "s");
        subscriber.subscribe("t", 1);
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(Rig.publish("t", 1, 1, "first"));
        client.send(Rig.publish("t", 0, 0, "second"));
        rig.turn();
        assertTrue(subscriber.received().isEmpty());
        rig.settle();
        List<Packet> packets = subscriber.received();
        assertEquals(2, packets.size());
        client.send(Rig.publish("t", 0, 0, "third"));
        rig.turn();
        assertEquals("third", Rig.payload(subscriber.expect(Publish.class)));
    }

    @Test
    void sendsRetainedAndSharedMessagesThroughTheLedger() {
        rig.connected(MqttVersion.V5, "s").subscribe("$share/g/shared", 0);
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(Rig.publish("kept", 0, 0, "x").withRetain(true));
        assertEquals(1, rig.store.waiting().size());
        rig.settle();
        client.send(Rig.publish("shared", 0, 0, "x"));
        assertEquals(1, rig.store.waiting().size());
    }

    @Test
    void leavesOutThePublisherWithNoLocal() {
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(Subscribe.of(1, new SubscriptionRequest("t", 0, true, false, 0)));
        rig.settle();
        client.received();
        client.send(Rig.publish("t", 0, 0, "x"));
        rig.settle();
        assertTrue(client.received().isEmpty());
    }

    @Test
    void acknowledgesAQos2RepeatAgainWithoutDeliveringIt() {
        Rig.Client subscriber = rig.connected(MqttVersion.V5, "s");
        subscriber.subscribe("t", 0);
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(Rig.publish("t", 2, 7, "x"));
        rig.settle();
        client.expect(PubRec.class);
        subscriber.expect(Publish.class);
        client.send(Rig.publish("t", 2, 7, "x"));
        rig.settle();
        client.expect(PubRec.class);
        assertTrue(subscriber.received().isEmpty());
        assertTrue(rig.session("p").inbound().contains(7));
    }

    @Test
    void answersAnUnknownPubRel() {
        Rig.Client five = rig.connected(MqttVersion.V5, "five");
        five.send(PubRel.of(9));
        Rig.Client older = rig.connected(MqttVersion.V3_1_1, "older");
        older.send(PubRel.of(9));
        rig.settle();
        assertEquals(
                ReasonCode.PACKET_IDENTIFIER_NOT_FOUND,
                five.expect(PubComp.class).reasonCode());
        older.expect(PubComp.class);
    }

    @Test
    void holdsTheClientToItsReceiveMaximum() {
        Rig limited = new Rig(
                BrokerConfig.defaults().with("limits.receive-maximum", "2").limits());
        Rig.Client five = limited.connected(MqttVersion.V5, "five");
        five.send(Rig.publish("t", 1, 1, ""), Rig.publish("t", 2, 2, ""));
        limited.settle();
        five.received();
        five.send(Rig.publish("t", 1, 3, ""));
        limited.settle();
        five.expect(PubAck.class);
        five.send(Rig.publish("t", 1, 3, ""), Rig.publish("t", 1, 4, ""));
        limited.settle();
        assertEquals(
                ReasonCode.RECEIVE_MAXIMUM_EXCEEDED,
                five.expect(Disconnect.class).reasonCode());
        assertTrue(five.wire.isClosed());
    }

    @Test
    void resolvesTopicAliases() {
        Rig.Client subscriber = rig.connected(MqttVersion.V5, "s");
        subscriber.subscribe("t", 0);
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(aliased(TopicName.of("t"), 3), aliased(null, 3));
        rig.settle();
        assertEquals(2, subscriber.received().size());
        client.send(aliased(TopicName.of("t"), 65));
        assertEquals(
                ReasonCode.TOPIC_ALIAS_INVALID, client.expect(Disconnect.class).reasonCode());
        Rig.Client other = rig.connected(MqttVersion.V5, "q");
        other.send(aliased(null, 3));
        assertEquals(ReasonCode.PROTOCOL_ERROR, other.expect(Disconnect.class).reasonCode());
    }

    private static Publish aliased(@org.jspecify.annotations.Nullable TopicName topic, int alias) {
        return new Publish(false, 0, false, topic, 0, -1, alias, Publish.NO_IDS, Publish.NO_BYTES, new byte[] {'x'});
    }

    @Test
    void givesMessagesADeadline() {
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        client.send(new Publish(
                false, 1, false, TopicName.of("t"), 1, 5, 0, Publish.NO_IDS, Publish.NO_BYTES, Publish.NO_BYTES));
        Command.Publish command = assertInstanceOf(
                Command.Publish.class, rig.store.waiting().get(0).commands().get(0));
        assertEquals(rig.clock.wallMs(), command.message().publishedAtMs());
        assertEquals(rig.clock.wallMs() + 5000, command.message().expiresAtMs());
    }

    @Test
    void stopsReadingWhileTooMuchIsInTheLedger() {
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        String payload = "x".repeat(300_000);
        client.send(
                Rig.publish("t", 1, 1, payload),
                Rig.publish("t", 1, 2, payload),
                Rig.publish("t", 1, 3, payload),
                Rig.publish("t", 1, 4, payload),
                Rig.publish("t", 1, 5, payload));
        assertTrue(client.wire.isPaused());
        assertEquals(4, rig.store.waiting().get(0).commands().size());
        rig.settle();
        assertFalse(client.wire.isPaused());
        assertEquals(5, client.received().size());
    }

    @Test
    void stopsReadingWhileTheLedgerIsOverloaded() {
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        rig.store.setOverloaded(true);
        client.send(Rig.publish("t", 1, 1, ""));
        assertTrue(client.wire.isPaused());
        client.send(Rig.publish("t", 1, 2, ""));
        rig.turn();
        assertEquals(1, rig.store.waiting().size());
        rig.settle();
        assertEquals(2, client.received().size());
    }

    @Test
    void doesNotTimeOutAClientThatItDoesNotRead() {
        Rig.Client client = rig.connected(MqttVersion.V5, "p");
        rig.store.setOverloaded(true);
        client.send(Rig.publish("t", 1, 1, ""));
        rig.clock.advanceMs(10_000_000);
        rig.loop.tick();
        assertFalse(client.wire.isClosed());
    }
}
