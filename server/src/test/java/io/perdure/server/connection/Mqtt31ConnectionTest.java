package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBufUtil;
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
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.UnsubAck;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.Command;
import io.perdure.storage.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client of MQTT 3.1 gets from the broker. */
class Mqtt31ConnectionTest {

    private final Rig rig = new Rig();

    private Rig.Client connected(String clientId) {
        return rig.connected(MqttVersion.V3_1, clientId);
    }

    private static String sent(Rig.Client client) {
        return ByteBufUtil.hexDump(client.wire.sent());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** @param hex the protocol name and level, then the rest of a CONNECT */
    private Rig.Client connects(String hex) {
        byte[] body = ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
        Rig.Client client = rig.client(MqttVersion.V3_1);
        int[] packet = new int[body.length + 2];
        packet[0] = 0x10;
        packet[1] = body.length;
        for (int i = 0; i < body.length; i++) {
            packet[i + 2] = body[i];
        }
        client.sendBytes(packet);
        rig.settle();
        return client;
    }

    @Test
    void isNeverToldThatItsSessionIsPresent() {
        Rig.Client first = rig.client(MqttVersion.V3_1);
        first.send(Connect.builder(MqttVersion.V3_1, "a").cleanStart(false).build());
        rig.settle();
        assertEquals("20020000", sent(first));
        assertEquals(Command.NO_EXPIRY, rig.session("a").expiryS());
        first.connection.closed();
        Rig.Client again = rig.client(MqttVersion.V3_1);
        again.send(Connect.builder(MqttVersion.V3_1, "a").cleanStart(false).build());
        rig.settle();
        assertEquals("20020000", sent(again));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            level 4 of MQIsdp            | 00064D5149736470 04 02 0000 0001 61 | 20020001
            level 5 of MQIsdp            | 00064D5149736470 05 02 0000 00 0001 61 | 20020001
            level 3 of MQTT              | 00044D515454 03 02 0000 0001 61     | 20020001
            level 4 of MQIsdp, bridge    | 00064D5149736470 84 02 0000 0001 61 | 20020001
            another name                 | 00044D515458 03 02 0000 0001 61     | ''
            an empty Client Identifier   | 00064D5149736470 03 02 0000 0000    | 20020002
            the same, to keep a session  | 00064D5149736470 03 00 0000 0000    | 20020002
            Password without a User Name | 00064D5149736470 03 42 0000 0001 61 0001 70 | ''
            """)
    void refusesAConnect(String what, String body, String answer) {
        Rig.Client client = connects(body);
        assertEquals(answer, sent(client), what);
        assertTrue(client.wire.isClosed());
        assertNull(rig.store.session("a"));
        assertEquals(1, rig.log.size());
    }

    @Test
    void takesALongClientIdentifierUnlessTheLimitForbidsIt() {
        String longId = "a-device-with-a-name-of-more-than-23-characters";
        connected(longId);
        Rig strict = new Rig(BrokerConfig.defaults()
                .with("limits.mqtt31-client-id-maximum", "23")
                .limits());
        Rig.Client refused = strict.client(MqttVersion.V3_1);
        refused.send(Connect.builder(MqttVersion.V3_1, longId).build());
        strict.settle();
        assertEquals("20020002", sent(refused));
        assertTrue(refused.wire.isClosed());
        strict.connected(MqttVersion.V3_1, longId.substring(0, 23));
        strict.connected(MqttVersion.V3_1_1, longId);
    }

    @Test
    void takesUserNameAndPasswordFlagsWithoutTheFields() {
        assertEquals("20020000", sent(connects("00064D5149736470 03 C2 0000 0001 61")));
    }

    @Test
    void exchangesMessagesOfEachQosWithLaterVersions() {
        Rig.Client old = connected("old");
        Rig.Client five = rig.connected(MqttVersion.V5, "five");
        old.subscribe("to/old", 2);
        five.subscribe("to/five", 2);
        for (int qos = 0; qos <= 2; qos++) {
            five.send(new Publish(
                    false,
                    qos,
                    false,
                    TopicName.of("to/old"),
                    qos == 0 ? 0 : 10 + qos,
                    60,
                    0,
                    Publish.NO_IDS,
                    new byte[] {1, 1},
                    utf8("m" + qos)));
            old.send(Rig.publish("to/five", qos, qos == 0 ? 0 : 20 + qos, "o" + qos));
        }
        rig.settle();
        List<Packet> toOld = old.received();
        List<Packet> toFive = five.received();
        for (int qos = 0; qos <= 2; qos++) {
            Publish atOld = publish(toOld, qos);
            assertEquals("m" + qos, Rig.payload(atOld));
            assertEquals(0, atOld.properties().length);
            assertEquals(-1, atOld.messageExpiryS());
            assertEquals("o" + qos, Rig.payload(publish(toFive, qos)));
        }
        assertTrue(toOld.contains(PubAck.of(21)), toOld.toString());
        assertTrue(toOld.contains(PubRec.of(22)), toOld.toString());
        old.send(PubRel.of(22));
        rig.settle();
        assertEquals(PubComp.of(22), old.expect(PubComp.class));
    }

    private static Publish publish(List<Packet> packets, int qos) {
        return packets.stream()
                .filter(p -> p instanceof Publish publish && publish.qos() == qos)
                .map(Publish.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing of QoS " + qos + " in " + packets));
    }

    @Test
    void answersWhatItsClientSendsAgainWithDup() {
        Rig.Client client = connected("a");
        client.sendBytes(0x8A, 6, 0, 1, 0, 1, 'x', 1);
        client.sendBytes(0x8A, 6, 0, 1, 0, 1, 'x', 1);
        rig.settle();
        assertEquals(List.of(granted(1), granted(1)), client.received());
        client.sendBytes(0x3C, 5, 0, 1, 'y', 0, 7, 0x3C, 5, 0, 1, 'y', 0, 7);
        rig.settle();
        assertEquals(List.of(PubRec.of(7), PubRec.of(7)), client.received());
        client.sendBytes(0x6A, 2, 0, 7, 0x6A, 2, 0, 7);
        rig.settle();
        assertEquals(List.of(PubComp.of(7), PubComp.of(7)), client.received());
        assertTrue(rig.session("a").inbound().isEmpty());
        client.sendBytes(0xAA, 5, 0, 2, 0, 1, 'x');
        rig.settle();
        assertEquals(2, client.expect(UnsubAck.class).packetId());
        assertFalse(client.wire.isClosed());
    }

    private static SubAck granted(int packetId) {
        return SubAck.of(packetId, List.of(ReasonCode.GRANTED_QOS_1));
    }

    @Test
    void getsAMessageOnceThoughItsSenderRepeatsIt() {
        Rig.Client subscriber = rig.connected(MqttVersion.V5, "subscriber");
        subscriber.subscribe("y", 2);
        Rig.Client client = connected("a");
        client.sendBytes(0x34, 5, 0, 1, 'y', 0, 7);
        rig.settle();
        client.sendBytes(0x3C, 5, 0, 1, 'y', 0, 7);
        rig.settle();
        assertEquals(2, subscriber.expect(Publish.class).qos());
    }

    @Test
    void resumesWithDupAndTheSameIdentifiers() {
        Rig.Client client = connected("a");
        client.subscribe("t", 2);
        Rig.Client publisher = connected("publisher");
        publisher.send(Rig.publish("t", 2, 1, "one"), Rig.publish("t", 1, 2, "two"));
        rig.settle();
        List<Packet> first = client.received();
        int released = ((Publish) first.get(0)).packetId();
        client.send(PubRec.of(released));
        rig.settle();
        client.expect(PubRel.class);
        client.connection.closed();
        rig.settle();
        publisher.send(Rig.publish("t", 1, 3, "three"));
        rig.settle();
        Rig.Client again = connectedAndWaiting("a");
        List<Packet> packets = again.received();
        assertInstanceOf(ConnAck.class, packets.get(0));
        assertEquals(PubRel.of(released), packets.get(1));
        Publish two = (Publish) packets.get(2);
        assertEquals("two", Rig.payload(two));
        assertTrue(two.dup());
        assertEquals(((Publish) first.get(1)).packetId(), two.packetId());
        Publish three = (Publish) packets.get(3);
        assertEquals("three", Rig.payload(three));
        assertFalse(three.dup());
    }

    private Rig.Client connectedAndWaiting(String clientId) {
        Rig.Client client = rig.client(MqttVersion.V3_1);
        client.send(
                Connect.builder(MqttVersion.V3_1, clientId).cleanStart(false).build());
        rig.settle();
        return client;
    }

    @Test
    void changesTheVersionOfASessionWithTheConnection() {
        connected("a").connection.closed();
        Rig.Client five = rig.client(MqttVersion.V5);
        five.send(Connect.builder(MqttVersion.V5, "a")
                .cleanStart(false)
                .sessionExpiryS(60)
                .build());
        rig.settle();
        assertTrue(five.expect(ConnAck.class).sessionPresent());
        five.send(new Subscribe(1, List.of(new SubscriptionRequest("t", 1, false, true, 0)), 7, List.of()));
        rig.settle();
        five.connection.closed();
        Rig.Client old = connectedAndWaiting("a");
        old.expect(ConnAck.class);
        Rig.Client publisher = rig.connected(MqttVersion.V5, "publisher");
        publisher.send(Rig.publish("t", 1, 1, "m"));
        rig.settle();
        assertEquals("m", Rig.payload(old.expect(Publish.class)));
    }

    @Test
    void takesASharedSubscription() {
        Rig.Client client = connected("a");
        client.subscribe("$share/g/t", 1);
        rig.connected(MqttVersion.V5, "publisher").send(Rig.publish("t", 1, 1, "m"));
        rig.settle();
        assertEquals("m", Rig.payload(client.expect(Publish.class)));
    }

    @Test
    void closesTheConnectionForAnInvalidFilterWithoutAWord() {
        Rig.Client client = connected("a");
        client.send(Subscribe.of(1, SubscriptionRequest.of("ok", 1), SubscriptionRequest.of("a#", 1)));
        rig.settle();
        assertTrue(client.wire.isClosed());
        assertTrue(client.received().isEmpty());
        assertTrue(rig.session("a").subscriptions().isEmpty());
    }

    @Test
    void closesTheOlderConnectionAtATakeoverWithoutAWord() {
        Rig.Client first = connected("a");
        Rig.Client second = rig.clientOnOtherLoop(MqttVersion.V3_1);
        second.send(Connect.builder(MqttVersion.V3_1, "a").cleanStart(false).build());
        rig.settle();
        assertTrue(first.wire.isClosed());
        assertTrue(first.received().isEmpty());
        assertEquals("20020000", sent(second));
        assertNotNull(rig.session("a").link());
    }

    @Test
    void publishesTheWillAfterOneAndAHalfKeepAlives() {
        Rig.Client watcher = rig.connected(MqttVersion.V5, "watcher");
        watcher.subscribe("w", 1);
        Rig.Client client = rig.client(MqttVersion.V3_1);
        client.send(Connect.builder(MqttVersion.V3_1, "a")
                .keepAliveS(10)
                .will(Will.of(TopicName.of("w"), new byte[0], 1, true))
                .build());
        rig.settle();
        client.expect(ConnAck.class);
        rig.clock.advanceMs(14_999);
        rig.loop.tick();
        assertFalse(client.wire.isClosed());
        rig.clock.advanceMs(1);
        rig.loop.tick();
        rig.settle();
        assertTrue(client.wire.isClosed());
        assertArrayEquals(new byte[0], watcher.expect(Publish.class).payload());
    }

    @Test
    void publishesNoWillAfterADisconnect() {
        Rig.Client watcher = rig.connected(MqttVersion.V5, "watcher");
        watcher.subscribe("w", 1);
        Rig.Client client = rig.client(MqttVersion.V3_1);
        client.send(Connect.builder(MqttVersion.V3_1, "a")
                .will(Will.of(TopicName.of("w"), utf8("gone"), 1, false))
                .build());
        rig.settle();
        client.send(Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        assertTrue(watcher.received().isEmpty());
        assertTrue(client.wire.isClosed());
    }

    @ParameterizedTest
    @CsvSource({"V3_1", "V3_1_1"})
    void givesABridgeNothingOfItsOwnAndTheRetainFlagAsItWasPublished(MqttVersion version) {
        Rig.Client bridge = rig.client(version);
        bridge.send(Connect.builder(version, "bridge").bridge(true).build());
        rig.settle();
        bridge.expect(ConnAck.class);
        bridge.send(Subscribe.of(1, SubscriptionRequest.of("t", 1), SubscriptionRequest.of("$share/g/t", 1)));
        rig.settle();
        bridge.expect(SubAck.class);
        FakeStore.FakeSession session = rig.session("bridge");
        assertEquals(
                new Subscription(session, "t", null, 1, true, true, 0, 0),
                session.subscriptions().get("t"));
        assertEquals(
                new Subscription(session, "t", "g", 1, false, true, 0, 0),
                session.subscriptions().get("$share/g/t"));
    }

    @Test
    void keepsABridgeFromEndlessLoops() {
        Rig.Client bridge = rig.client(MqttVersion.V3_1);
        bridge.send(Connect.builder(MqttVersion.V3_1, "bridge").bridge(true).build());
        rig.settle();
        bridge.expect(ConnAck.class);
        bridge.subscribe("#", 1);
        bridge.send(Rig.publish("t", 1, 1, "its own"));
        rig.settle();
        assertEquals(1, bridge.expect(PubAck.class).packetId());
        Publish retained = new Publish(
                false, 1, true, TopicName.of("t"), 1, -1, 0, Publish.NO_IDS, Publish.NO_BYTES, utf8("another's"));
        rig.connected(MqttVersion.V5, "publisher").send(retained);
        rig.settle();
        Publish got = bridge.expect(Publish.class);
        assertEquals("another's", Rig.payload(got));
        assertTrue(got.retain());
    }
}
