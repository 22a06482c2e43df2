package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What CONNACK says, and what it does not. */
@Timeout(60)
class ConnAckTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @RegisterExtension
    static final LiveBroker WITH_DEFAULTS_OF_MQTT = LiveBroker.with(
            "limits.receive-maximum", "65535",
            "limits.topic-alias-maximum", "0",
            "limits.maximum-packet-size", "268435460");

    @Test
    @Proves(v311 = {"MQTT-3.1.4-4", "MQTT-3.2.0-1", "MQTT-3.2.2-1", "MQTT-3.2.2-3"})
    void isTwoBytesIn311() {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_3_1_1)) {
            peer.send(new ConnectPacket(Protocol.MQTT_3_1_1, BROKER.unique("c")).bytes());
            Frame frame = peer.next();
            assertEquals(0x20, frame.firstByte());
            assertArrayEquals(hex("00 00"), frame.body());
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.1.4-5", "MQTT-3.2.0-1", "MQTT-3.2.0-2", "MQTT-3.2.2-1", "MQTT-3.2.2-22", "MQTT-4.12.0-6"},
            choices = {
                "receive-maximum-default",
                "maximum-packet-size",
                "topic-alias-maximum",
                "maximum-qos",
                "optional-features",
                "response-information",
                "server-keep-alive",
                "session-expiry-maximum"
            })
    void saysIn5WhatDiffersFromTheDefaultsAndNothingElse() {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("c"))
                    .keepAlive(1000)
                    .properties(
                            property32(Property.SESSION_EXPIRY, 1000),
                            property16(Property.RECEIVE_MAXIMUM, 10),
                            property8(Property.REQUEST_RESPONSE_INFORMATION, 1),
                            userProperty("name", "value")));
            assertEquals(0, connAck.reasonCode());
            assertFalse(connAck.sessionPresent());
            assertEquals(
                    Map.of(
                            Property.RECEIVE_MAXIMUM, List.of(1024L),
                            Property.MAXIMUM_PACKET_SIZE, List.of(16L << 20),
                            Property.TOPIC_ALIAS_MAXIMUM, List.of(64L)),
                    connAck.properties().values());
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.2.2-1")
    void saysNothingIfAllIsAsTheSpecificationSays() {
        try (Peer peer = Peer.open(WITH_DEFAULTS_OF_MQTT, Protocol.MQTT_5)) {
            peer.send(new ConnectPacket(Protocol.MQTT_5, "c").bytes());
            Frame frame = peer.next();
            assertEquals(0x20, frame.firstByte());
            assertArrayEquals(hex("00 00 00"), frame.body());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Proves(v5 = "MQTT-3.1.2-28", choices = "response-information")
    void hasNoResponseInformation(int requested) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("c"))
                    .properties(property8(Property.REQUEST_RESPONSE_INFORMATION, requested)));
            assertFalse(connAck.properties().has(Property.RESPONSE_INFORMATION));
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.2.2-9", "MQTT-3.2.2-10", "MQTT-3.2.2-12", "MQTT-3.2.2-13"},
            choices = {"maximum-qos", "optional-features", "subscription-granted-qos"})
    void keepsWhatItPromisesByItsSilence() {
        String topic = BROKER.unique("silence");
        for (int qos = 0; qos <= 2; qos++) {
            try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
                Frame.ConnAck connAck = peer.handshake(
                        new ConnectPacket(Protocol.MQTT_5, BROKER.unique("c")).will(topic, "will", qos, true));
                assertEquals(0, connAck.reasonCode());
                assertFalse(connAck.properties().has(Property.MAXIMUM_QOS));
                assertFalse(connAck.properties().has(Property.RETAIN_AVAILABLE));
                assertEquals(qos, peer.subscribe(1, topic + "/own", qos));
                assertEquals(qos, peer.subscribe(2, "+/none/#", qos, property8(Property.SUBSCRIPTION_ID, 1)));
                assertEquals(qos, peer.subscribe(3, "$share/some/" + topic, qos));
                peer.publish(qos << 1 | 1, topic + "/own", qos == 0 ? 0 : 1, "retained");
                Frame.Publish publish = nextPublish(peer);
                assertEquals(qos, publish.qos());
                assertEquals("retained", publish.text());
                peer.publish(qos << 1 | 1, topic + "/own", qos == 0 ? 0 : 2, "");
                peer.send(hex("e0 00"));
            }
        }
    }

    /** The next message; the acknowledgement of one's own may come before it. */
    private static Frame.Publish nextPublish(Peer peer) {
        Frame frame = peer.next();
        return frame.kind() == PacketKind.PUBLISH
                ? frame.publish()
                : peer.next().publish();
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.1.4-2", "MQTT-3.2.2-6", "MQTT-3.2.2-7", "MQTT-3.2.2-8"},
            choices = "reason-strings")
    void saysInWordsWhyItRefuses() {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(refused().bytes());
            Frame.ConnAck connAck = peer.expectRefusal(0x8C);
            assertEquals(
                    List.of(Property.REASON_STRING),
                    List.copyOf(connAck.properties().values().keySet()));
            assertTrue(connAck.properties().text(Property.REASON_STRING).contains("authentication"));
        }
    }

    private static ConnectPacket refused(byte[]... properties) {
        return new ConnectPacket(Protocol.MQTT_5, BROKER.unique("c"))
                .properties(Bytes.join(properties), propertyText(Property.AUTHENTICATION_METHOD, "m"));
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 20, 30})
    @Proves(v5 = {"MQTT-3.1.2-24", "MQTT-3.2.2-19", "MQTT-3.2.2-20"})
    void leavesOutTheReasonStringIfTheClientCanNotTakeIt(int maximumPacketSize) {
        byte[] maximum = property32(Property.MAXIMUM_PACKET_SIZE, maximumPacketSize);
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(refused(maximum).bytes());
            Frame.ConnAck connAck = peer.expectRefusal(0x8C);
            assertEquals(Map.of(), connAck.properties().values());
        }
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("c"))
                    .properties(maximum)
                    .will("not/a/#/topic", "will", 0, false)
                    .bytes());
            Frame.ConnAck connAck = peer.expectRefusal(0x90);
            assertEquals(Map.of(), connAck.properties().values());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    @Proves(v5 = {"MQTT-3.1.2-24", "MQTT-4.13.2-1"})
    void closesWithoutAWordIfTheClientCanNotTakeAnyRefusal(int maximumPacketSize) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(refused(property32(Property.MAXIMUM_PACKET_SIZE, maximumPacketSize))
                    .bytes());
            peer.expectClosed();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 15, 50})
    @Proves(v5 = "MQTT-3.1.2-24", choices = "connack-too-large")
    void refusesAClientThatCanNotTakeWhatItHasToSay(int maximumPacketSize) {
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5);
                Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            // in CONNACK: its limits, 11 bytes; an identifier of 44 characters, 47 bytes
            String clientId = maximumPacketSize == 50 ? "" : BROKER.unique("c");
            peer.send(new ConnectPacket(Protocol.MQTT_5, clientId)
                    .properties(property32(Property.MAXIMUM_PACKET_SIZE, maximumPacketSize))
                    .will(watcher.topic("will"), "gone", 1, false)
                    .bytes());
            if (maximumPacketSize < 5) {
                peer.expectClosed();
            } else {
                peer.expectRefusal(0x83);
            }
            watcher.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.2.2-2", "MQTT-3.2.2-3"},
            v5 = {"MQTT-3.2.2-1", "MQTT-3.2.2-3"})
    void hasNoFlagButSessionPresent(Protocol version) {
        String clientId = BROKER.unique("c");
        for (int present = 0; present <= 1; present++) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(new ConnectPacket(version, clientId).durable().bytes());
                Frame frame = peer.next();
                assertEquals(0x20, frame.firstByte());
                assertEquals(present, frame.body()[0]);
                peer.disconnect();
            }
        }
    }
}
