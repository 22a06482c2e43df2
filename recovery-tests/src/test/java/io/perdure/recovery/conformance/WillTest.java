package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When a Will is published at the end of a connection, and with what in it. */
@Timeout(60)
class WillTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static ConnectPacket connect(Protocol version, Watcher watcher, String payload) {
        return new ConnectPacket(version, BROKER.unique("mortal")).will(watcher.topic("will"), payload, 1, false);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-8", "MQTT-3.1.2-10"},
            v5 = {"MQTT-3.1.2-7", "MQTT-3.1.2-8", "MQTT-3.1.2-10"})
    void isPublishedOnceWhenTheNetworkConnectionIsLost(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version)) {
            ConnectPacket connect = connect(version, watcher, "lost");
            Peer first = Peer.connected(BROKER, version, connect);
            watcher.expectNothing();
            first.close();
            watcher.expect("will", "lost");
            try (Peer peer = Peer.connected(BROKER, version, connect)) {
                watcher.expectNothing();
                peer.drop();
            }
            watcher.expect("will", "lost");
            watcher.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-8", "MQTT-3.1.2-24"},
            v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-22"})
    void isPublishedWhenTheKeepAliveRunsOut(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.connected(
                        BROKER, version, connect(version, watcher, "silent").keepAlive(10))) {
            BROKER.advance(Duration.ofSeconds(16));
            peer.expectDisconnect(0x8D);
            watcher.expect("will", "silent");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-8"},
            v5 = {"MQTT-3.1.2-8", "MQTT-4.13.1-1"})
    void isPublishedWhenTheBrokerClosesBecauseOfAnError(Protocol version) {
        try (Watcher watcher = new Watcher(BROKER, version);
                Peer peer = Peer.connected(BROKER, version, connect(version, watcher, "wrong"))) {
            peer.send(hex("36 05 00 01 74 00 01"));
            peer.expectDisconnect(0x81);
            watcher.expect("will", "wrong");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.14.4-3"},
            v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-10", "MQTT-3.14.4-3"})
    void isDiscardedByANormalDisconnect(Protocol version) {
        List<String> all = version == Protocol.MQTT_5 ? List.of("e0 00", "e0 01 00", "e0 02 00 00") : List.of("e0 00");
        try (Watcher watcher = new Watcher(BROKER, version)) {
            for (String bytes : all) {
                ConnectPacket connect = connect(version, watcher, "discarded");
                try (Peer peer = Peer.connected(BROKER, version, connect)) {
                    peer.send(hex(bytes));
                    peer.expectClosed();
                }
                watcher.expectNothing();
            }
            BROKER.restart(); // and it is not found in the store
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99})
    @Proves(
            v5 = {"MQTT-3.1.2-8", "MQTT-3.14.2-1"},
            choices = "will-on-error-disconnect")
    void isPublishedAfterADisconnectWithAnyOtherReasonCode(int reasonCode) {
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            ConnectPacket connect = connect(Protocol.MQTT_5, watcher, "leaving");
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                peer.send(hex("e0 01"), u8(reasonCode));
                peer.expectClosed();
            }
            watcher.expect("will", "leaving");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-12", "MQTT-3.1.2-10"},
            v5 = "MQTT-3.1.2-10")
    void isThatOfTheLastConnectionOnly(Protocol version) {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, version)) {
            ConnectPacket withWill =
                    new ConnectPacket(version, clientId).durable().will(watcher.topic("will"), "one", 1, false);
            try (Peer peer = Peer.connected(BROKER, version, withWill)) {
                peer.disconnect();
            }
            ConnectPacket without = new ConnectPacket(version, clientId).durable();
            try (Peer peer = Peer.connected(BROKER, version, without)) {
                peer.drop();
            }
            watcher.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-9", "MQTT-3.1.2-14"},
            v5 = {"MQTT-3.1.2-9", "MQTT-3.1.2-12"})
    void hasItsQosUpToThatOfTheSubscription(Protocol version) {
        for (int qos = 0; qos <= 2; qos++) {
            for (int maximum = 0; maximum <= 2; maximum++) {
                String topic = BROKER.unique("will");
                try (Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("subscriber"))) {
                    subscriber.subscribe(1, topic, maximum);
                    ConnectPacket connect =
                            new ConnectPacket(version, BROKER.unique("mortal")).will(topic, "said", qos, false);
                    Peer.connected(BROKER, version, connect).drop();
                    Frame.Publish will = subscriber.nextPublish("said");
                    assertEquals(Math.min(qos, maximum), will.qos());
                    assertFalse(will.dup());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-16", "MQTT-3.1.2-17"},
            v5 = {"MQTT-3.1.2-14", "MQTT-3.1.2-15"})
    void isRetainedIfItSaysSo(Protocol version) {
        for (boolean retain : new boolean[] {true, false}) {
            String topic = BROKER.unique("will");
            ConnectPacket connect = new ConnectPacket(version, BROKER.unique("mortal")).will(topic, "said", 1, retain);
            try (Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("subscriber"))) {
                subscriber.subscribe(1, topic, 1);
                Peer.connected(BROKER, version, connect).drop();
                assertFalse(subscriber.nextPublish("said").retain());
            }
            try (Peer later = Peer.connected(BROKER, version, BROKER.unique("later"))) {
                later.subscribe(1, topic, 1);
                if (retain) {
                    assertTrue(later.nextPublish("said").retain());
                }
                later.publishAcknowledged(topic, 1, "after it");
                later.nextPublish("after it");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-9", "MQTT-3.1.2-17"},
            v5 = {"MQTT-3.1.2-9", "MQTT-3.1.2-15"})
    void mayBeEmptyAndRemovesTheRetainedMessageThen(Protocol version) {
        String topic = BROKER.unique("will");
        try (Peer peer = Peer.connected(
                        BROKER, version, new ConnectPacket(version, BROKER.unique("mortal")).will(topic, "", 1, true));
                Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("subscriber"))) {
            peer.publish(0x03, topic, 1, "retained");
            peer.next(PacketKind.PUBACK);
            subscriber.subscribe(1, topic, 1);
            assertTrue(subscriber.nextPublish("retained").retain());
            peer.drop();
            assertFalse(subscriber.nextPublish("").retain());
            subscriber.subscribe(2, topic, 1); // brings the retained message once more, if there is one
            subscriber.publishAcknowledged(topic, 1, "after it");
            subscriber.nextPublish("after it");
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.3-10", "MQTT-3.1.2-9"})
    void hasItsPropertiesAndItsUserPropertiesInOrder() {
        String topic = BROKER.unique("will");
        try (Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("subscriber"))) {
            subscriber.subscribe(1, topic, 1, property8(Property.SUBSCRIPTION_ID, 7));
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("mortal"))
                    .will(
                            topic,
                            "said",
                            1,
                            false,
                            userProperty("b", "1"),
                            property32(Property.WILL_DELAY, 0),
                            property8(Property.PAYLOAD_FORMAT, 1),
                            userProperty("a", "2"),
                            property32(Property.MESSAGE_EXPIRY, 1000),
                            propertyText(Property.CONTENT_TYPE, "text"),
                            propertyText(Property.RESPONSE_TOPIC, "answers"),
                            join(u8(Property.CORRELATION_DATA), binary((byte) 0xAB, (byte) 0)),
                            userProperty("b", "1"),
                            userProperty("", ""));
            Peer.connected(BROKER, Protocol.MQTT_5, connect).drop();
            Map<Integer, List<Object>> properties =
                    subscriber.nextPublish("said").properties().values();
            Map<Integer, List<Object>> expected = Map.of(
                    Property.SUBSCRIPTION_ID, List.of(7L),
                    Property.PAYLOAD_FORMAT, List.of(1L),
                    Property.MESSAGE_EXPIRY, List.of(1000L),
                    Property.CONTENT_TYPE, List.of("text"),
                    Property.RESPONSE_TOPIC, List.of("answers"),
                    Property.CORRELATION_DATA, List.of("ab00"),
                    Property.USER,
                            List.of(
                                    new Frame.Pair("b", "1"),
                                    new Frame.Pair("a", "2"),
                                    new Frame.Pair("b", "1"),
                                    new Frame.Pair("", "")));
            assertEquals(expected, properties);
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-8")
    void expiresLikeAnyMessageFromItsPublicationOn() {
        String topic = BROKER.unique("will");
        String away = BROKER.unique("away");
        ConnectPacket durable = new ConnectPacket(Protocol.MQTT_5, away).durable();
        try (Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, durable)) {
            subscriber.subscribe(1, topic, 1);
            subscriber.disconnect();
        }
        for (int expiryS : new int[] {50, 500}) {
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("mortal"))
                    .will(topic, "within " + expiryS, 1, false, property32(Property.MESSAGE_EXPIRY, expiryS));
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                BROKER.advance(Duration.ofSeconds(1000));
                peer.drop();
            }
        }
        BROKER.settle();
        BROKER.advance(Duration.ofSeconds(100));
        try (Peer subscriber = Peer.connected(BROKER, Protocol.MQTT_5, durable)) {
            long remaining = subscriber.nextPublish("within 500").properties().number(Property.MESSAGE_EXPIRY);
            assertTrue(remaining > 390 && remaining <= 400, () -> remaining + " s are left");
            subscriber.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-9", v5 = "MQTT-3.1.2-9")
    void mayBeAsLargeAsItsFieldsAllow(Protocol version) {
        String topic = BROKER.unique("will") + "/" + "t".repeat(65_500);
        String payload = "p".repeat(65_535);
        try (Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("subscriber"))) {
            subscriber.subscribe(1, topic, 2);
            ConnectPacket connect = new ConnectPacket(version, BROKER.unique("mortal")).will(topic, payload, 2, true);
            Peer.connected(BROKER, version, connect).drop();
            assertEquals(topic, subscriber.nextPublish(payload).topic());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves(v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-23"})
    void reachesItsOwnSessionUnlessThatWantsNoLocalMessages(boolean noLocal) {
        String topic = BROKER.unique("will");
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("mortal"))
                .durable()
                .will(topic, "to itself", 1, false);
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            peer.subscribe(1, topic, noLocal ? 0x05 : 0x01);
            peer.drop();
        }
        BROKER.settle();
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            if (!noLocal) {
                peer.nextPublish("to itself");
            }
            peer.expectQuiet();
            peer.disconnect();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-5", v5 = "MQTT-3.1.2-23")
    void waitsForASubscriberThatIsAwayAlsoOverARestart(Protocol version) {
        String topic = BROKER.unique("will");
        ConnectPacket durable = new ConnectPacket(version, BROKER.unique("away")).durable();
        try (Peer subscriber = Peer.connected(BROKER, version, durable)) {
            subscriber.subscribe(1, topic, 2);
            subscriber.disconnect();
        }
        ConnectPacket connect = new ConnectPacket(version, BROKER.unique("mortal")).will(topic, "said", 2, false);
        Peer.connected(BROKER, version, connect).drop();
        BROKER.settle();
        BROKER.restart();
        try (Peer subscriber = Peer.connected(BROKER, version, durable)) {
            assertEquals(2, subscriber.nextPublish("said").qos());
            subscriber.expectQuiet();
        }
    }
}
