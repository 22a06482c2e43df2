package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic Aliases, both ways. */
@Timeout(60)
class TopicAliasTest {

    private static final int MAXIMUM = 3;

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with("limits.topic-alias-maximum", String.valueOf(MAXIMUM));

    @RegisterExtension
    static final LiveBroker WITHOUT = LiveBroker.with("limits.topic-alias-maximum", "0");

    private static byte[] alias(int alias) {
        return property16(Property.TOPIC_ALIAS, alias);
    }

    private static Peer client(String clientId) {
        return Peer.connected(BROKER, Protocol.MQTT_5, clientId);
    }

    private static Peer client() {
        return client(BROKER.unique("c"));
    }

    private static Peer clientThatTakes(int aliases, String clientId) {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, clientId)
                .properties(property16(Property.TOPIC_ALIAS_MAXIMUM, aliases));
        return Peer.connected(BROKER, Protocol.MQTT_5, connect.durable());
    }

    @Test
    @Proves(v5 = "MQTT-3.3.2-12", choices = "topic-alias-maximum")
    void standForTheirTopicsUpToTheMaximum() {
        String begin = BROKER.unique("t");
        try (Peer publisher = Peer.open(BROKER, Protocol.MQTT_5);
                Peer subscriber = client()) {
            publisher.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("p")).bytes());
            assertEquals(MAXIMUM, publisher.next().connAck().properties().number(Property.TOPIC_ALIAS_MAXIMUM));
            subscriber.subscribe(1, begin + "/#", 2);
            for (int i = MAXIMUM; i >= 1; i--) {
                publisher.publish(0x00, begin + "/" + i, 0, "set up", alias(i));
                assertEquals(begin + "/" + i, subscriber.receive("set up").topic());
            }
            for (int i = 1; i <= MAXIMUM; i++) {
                publisher.publish(0x00, "", 0, "zero", alias(i));
                assertEquals(begin + "/" + i, subscriber.receive("zero").topic());
                publisher.publishAcknowledged("", 1, "one", alias(i));
                assertEquals(begin + "/" + i, subscriber.receive("one").topic());
                publisher.publishReleased("", 1, "two", alias(i));
                Frame.Publish two = subscriber.receive("two");
                assertEquals(begin + "/" + i, two.topic());
                assertFalse(two.properties().has(Property.TOPIC_ALIAS), "an alias that nobody allowed");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void mayBeSetUpAndMovedAtAnyQos(int qos) {
        String begin = BROKER.unique("t");
        try (Peer publisher = client();
                Peer subscriber = client()) {
            subscriber.subscribe(1, begin + "/#", 0);
            for (String topic : List.of(begin + "/first", begin + "/second", begin + "/first")) {
                int packetId = qos == 0 ? 0 : 1;
                publisher.publish(qos << 1, topic, packetId, "set up", alias(2));
                assertEquals(topic, subscriber.receive("set up").topic());
                if (qos == 1) {
                    publisher.nextAck(PacketKind.PUBACK, 1);
                } else if (qos == 2) {
                    publisher.nextAck(PacketKind.PUBREC, 1);
                    publisher.acknowledge(PacketKind.PUBREL, 1);
                    publisher.nextAck(PacketKind.PUBCOMP, 1);
                }
                publisher.publish(0x00, "", 0, "used", alias(2));
                assertEquals(topic, subscriber.receive("used").topic());
            }
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-17"},
            choices = "topic-alias-maximum")
    void areRefusedOutsideTheirRange() {
        for (int alias : new int[] {0, MAXIMUM + 1, 65_535}) {
            BROKER.refuses(Protocol.MQTT_5, 0x94, packet(0x30, text("t"), Bytes.properties(alias(alias))));
            BROKER.refuses(Protocol.MQTT_5, 0x94, packet(0x30, text(""), Bytes.properties(alias(alias))));
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.2.2-18")
    void areRefusedWhereThereAreNone() {
        try (Peer peer = Peer.open(WITHOUT, Protocol.MQTT_5)) {
            peer.send(new ConnectPacket(Protocol.MQTT_5, "c").bytes());
            assertFalse(peer.next().connAck().properties().has(Property.TOPIC_ALIAS_MAXIMUM));
        }
        WITHOUT.refuses(Protocol.MQTT_5, 0x94, packet(0x30, text("t"), Bytes.properties(alias(1))));
    }

    @Test
    void areRefusedIfTheyStandForNothing() {
        BROKER.refuses(Protocol.MQTT_5, 0x82, packet(0x30, text(""), Bytes.properties(alias(1))));
        BROKER.refuses(
                Protocol.MQTT_5,
                0x82,
                packet(0x30, text("t"), Bytes.properties(alias(1))),
                packet(0x30, text(""), Bytes.properties(alias(2))));
    }

    @Test
    @Proves(v5 = "MQTT-3.3.2-7")
    void holdForTheirConnectionOnly() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("p");
        try (Peer subscriber = client();
                Peer publisher = Peer.durable(BROKER, Protocol.MQTT_5, client);
                Peer other = client()) {
            subscriber.subscribe(1, topic + "/#", 0);
            publisher.publish(0x00, topic, 0, "set up", alias(1));
            subscriber.receive("set up");
            // another connection has its own
            other.publish(0x00, topic + "/other", 0, "set up", alias(1));
            assertEquals(topic + "/other", subscriber.receive("set up").topic());
            publisher.publish(0x00, "", 0, "used", alias(1));
            assertEquals(topic, subscriber.receive("used").topic());
            publisher.disconnect();
            try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
                back.publish(0x00, "", 0, "not any more", alias(1));
                back.expectDisconnect(0x82);
            }
            other.publish(0x00, "", 0, "used", alias(1));
            assertEquals(topic + "/other", subscriber.receive("used").topic());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    @Proves(
            v5 = {"MQTT-3.3.2-8", "MQTT-3.3.2-11", "MQTT-3.1.2-26"},
            choices = "topic-aliases-outbound")
    void areSentWithinWhatTheClientAllows(int maximum) {
        String begin = BROKER.unique("t");
        try (Peer publisher = client();
                Peer subscriber = clientThatTakes(maximum, BROKER.unique("s"))) {
            subscriber.subscribe(1, begin + "/#", 2);
            Map<Long, String> names = new HashMap<>();
            Set<Long> used = new HashSet<>();
            int packetId = 0;
            for (int i = 0; i < 200; i++) {
                // some topics come often, some only twice
                int number = i / 2;
                String topic = begin + "/" + (number % 3 == 0 ? number : number % 5);
                int qos = i % 3;
                publisher.publish(qos << 1, topic, qos == 0 ? 0 : ++packetId, topic);
                Frame.Publish publish = subscriber.receive(topic);
                if (publish.properties().has(Property.TOPIC_ALIAS)) {
                    long alias = publish.properties().number(Property.TOPIC_ALIAS);
                    assertTrue(alias >= 1 && alias <= maximum, () -> "alias " + alias);
                    if (publish.topic().isEmpty()) {
                        assertEquals(topic, names.get(alias));
                        used.add(alias);
                    } else {
                        names.put(alias, publish.topic());
                        assertEquals(topic, publish.topic());
                    }
                } else {
                    assertEquals(topic, publish.topic());
                }
            }
            assertEquals(maximum, names.size());
            assertFalse(used.isEmpty(), "no alias was made use of");
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-27", "MQTT-3.3.2-11"})
    void areNotSentToAClientThatDidNotAllowThem() {
        String topic = BROKER.unique("t");
        for (ConnectPacket connect : List.of(
                new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s")),
                new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s"))
                        .properties(property16(Property.TOPIC_ALIAS_MAXIMUM, 0)))) {
            try (Peer publisher = client();
                    Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                subscriber.subscribe(1, topic, 2);
                for (int i = 0; i < 10; i++) {
                    publisher.publishAcknowledged(topic, 1, "m", alias(1));
                    Frame.Publish publish = subscriber.receive("m");
                    assertEquals(topic, publish.topic());
                    assertFalse(publish.properties().has(Property.TOPIC_ALIAS));
                }
            }
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.2-7")
    void areSetUpAnewOnEachConnection() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer publisher = client()) {
            try (Peer subscriber = clientThatTakes(10, client)) {
                subscriber.subscribe(1, topic, 2);
                publisher.publishAcknowledged(topic, 1, "first");
                assertEquals(topic, subscriber.receive("first").topic());
                publisher.publishAcknowledged(topic, 1, "not acknowledged");
                assertEquals("", subscriber.nextPublish("not acknowledged").topic());
            }
            publisher.publishAcknowledged(topic, 1, "queued");
            try (Peer back = clientThatTakes(10, client)) {
                Frame.Publish again = back.receive("not acknowledged");
                assertTrue(again.dup());
                assertEquals(topic, again.topic());
                assertEquals("", back.receive("queued").topic());
            }
            publisher.publishAcknowledged(topic, 1, "for one without");
            try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
                Frame.Publish publish = back.receive("for one without");
                assertEquals(topic, publish.topic());
                assertFalse(publish.properties().has(Property.TOPIC_ALIAS));
            }
        }
    }

    @Test
    void areRememberedWhateverBecomesOfTheMessage() {
        String topic = BROKER.unique("t");
        try (Peer publisher = client();
                Peer subscriber = client()) {
            subscriber.subscribe(1, topic, 0);
            // a repeat of QoS 2 is not delivered, but it is a PUBLISH with an alias
            publisher.publish(0x04, topic, 1, "message");
            publisher.nextAck(PacketKind.PUBREC, 1);
            subscriber.receive("message");
            publisher.publish(0x0C, topic, 1, "message", alias(1));
            publisher.nextAck(PacketKind.PUBREC, 1);
            // so is one that has expired
            publisher.publish(0x00, topic, 0, "expired", alias(2), property32(Property.MESSAGE_EXPIRY, 0));
            publisher.publish(0x00, "", 0, "by the first", alias(1));
            subscriber.receive("by the first");
            publisher.publish(0x00, "", 0, "by the second", alias(2));
            subscriber.receive("by the second");
        }
    }
}
