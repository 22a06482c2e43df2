package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_AS_PUBLISHED;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_IF_NEW;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_NEVER;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which SUBSCRIBE brings retained messages, and what becomes of the RETAIN flag. */
@Timeout(60)
class RetainHandlingTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("retained");

    @BeforeEach
    void retain() {
        try (Peer publisher = connected(Protocol.MQTT_5)) {
            publisher.publish(0x03, topic, 1, "kept");
            publisher.next(PacketKind.PUBACK);
            publisher.publish(0x03, topic + "-marker", 2, "marker");
            publisher.next(PacketKind.PUBACK);
        }
    }

    private static Peer connected(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("client"));
    }

    private static Peer durable(Protocol version, String clientId) {
        return Peer.connected(BROKER, version, new ConnectPacket(version, clientId).durable());
    }

    private void expectRetained(Peer peer) {
        Frame.Publish retained = peer.nextPublish("kept");
        assertTrue(retained.retain());
        assertEquals(topic, retained.topic());
        if (retained.qos() == 1) {
            peer.acknowledge(PacketKind.PUBACK, retained.packetId());
        }
    }

    /** Replays are done in the order in which they were asked for: had there been one, it would come before this one. */
    private void expectNothing(Peer peer) {
        peer.subscribe(99, topic + "-marker", 0);
        assertTrue(peer.nextPublish("marker").retain());
        peer.expectQuiet();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.1-6", "MQTT-3.8.4-3"},
            v5 = {"MQTT-3.3.1-9", "MQTT-3.8.4-4"})
    void withZeroEachSubscribeBringsThem(Protocol version) {
        try (Peer peer = connected(version)) {
            for (String filter : new String[] {topic, topic, topic + "/#", topic}) {
                peer.subscribe(1, filter, 1);
                expectRetained(peer);
                expectNothing(peer);
            }
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.1-10")
    void withOneOnlyANewSubscriptionBringsThem() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.subscribe(1, topic, 1 | RETAIN_IF_NEW);
            expectRetained(peer);
            for (int options : new int[] {0, 2, 1, 1 | RETAIN_AS_PUBLISHED}) {
                peer.subscribe(2, topic, options | RETAIN_IF_NEW);
                expectNothing(peer);
            }
            // another filter is another subscription, though the topic is the same
            peer.subscribe(3, topic + "/#", 1 | RETAIN_IF_NEW);
            expectRetained(peer);
            peer.unsubscribe(4, topic, topic + "/#");
            peer.subscribe(5, topic, RETAIN_IF_NEW);
            expectRetained(peer);
            expectNothing(peer);
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.1-10")
    void withOneTheSameFilterTwiceInOneSubscribeBringsThemOnce() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1)
                    .filter(topic, 1 | RETAIN_IF_NEW)
                    .filter(topic, 1 | RETAIN_IF_NEW));
            expectRetained(peer);
            expectNothing(peer);
        }
    }

    /** The subscription of a session that is resumed does already exist. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves(v5 = "MQTT-3.3.1-10")
    void withOneASubscriptionOfAResumedSessionIsNotNew(boolean restart) {
        String clientId = BROKER.unique("durable");
        try (Peer peer = durable(Protocol.MQTT_5, clientId)) {
            peer.subscribe(1, topic, 1 | RETAIN_IF_NEW);
            expectRetained(peer);
            peer.disconnect();
        }
        if (restart) {
            BROKER.restart();
        }
        try (Peer peer = durable(Protocol.MQTT_5, clientId)) {
            peer.subscribe(1, topic, 1 | RETAIN_IF_NEW);
            expectNothing(peer);
            peer.subscribe(2, topic, 1);
            expectRetained(peer);
        }
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, clientId)) {
            peer.subscribe(1, topic, 1 | RETAIN_IF_NEW);
            expectRetained(peer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Proves(v5 = "MQTT-3.3.1-11")
    void withTwoNoSubscribeBringsThem(int qos) {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            for (String filter : new String[] {topic, topic, topic + "/#"}) {
                peer.subscribe(1, filter, qos | RETAIN_NEVER);
                expectNothing(peer);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 0", "MQTT_5, 0", "MQTT_5, 16", "MQTT_5, 32"})
    @Proves(choices = "shared-retained")
    void neverComeForASharedSubscription(Protocol version, int retainHandling) {
        try (Peer peer = connected(version)) {
            String filter = "$share/" + BROKER.unique("group") + "/" + topic;
            for (int repeat = 0; repeat < 2; repeat++) {
                peer.subscribe(1, filter, 1 | retainHandling);
                expectNothing(peer);
                peer.publish(0, topic, 0, "new");
                assertFalse(peer.nextPublish("new").retain());
            }
        }
    }

    /** A job that a SUBSCRIBE has begun is done though the next one with the same filter wants none. */
    @Test
    @Proves(v5 = {"MQTT-3.3.1-9", "MQTT-3.8.4-5"})
    void comeForTheFirstOfTwoThoughTheSecondWantsNone() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1).filter(topic, 1).filter(topic, 1 | RETAIN_NEVER));
            expectRetained(peer);
            expectNothing(peer);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Proves(v311 = {"MQTT-3.3.1-8", "MQTT-3.3.1-9"})
    void in311TheFlagTellsRetainedFromNew(int qos) {
        try (Peer peer = connected(Protocol.MQTT_3_1_1);
                Peer publisher = connected(Protocol.MQTT_5)) {
            peer.subscribe(1, topic, 2);
            expectRetained(peer);
            publisher.publish(0x01 | qos << 1, topic, qos == 0 ? 0 : 2, "replaced");
            assertFalse(peer.nextPublish("replaced").retain());
            publisher.publish(qos << 1, topic, qos == 0 ? 0 : 3, "not retained");
            assertFalse(peer.nextPublish("not retained").retain());
            peer.subscribe(2, topic, 2);
            assertTrue(peer.nextPublish("replaced").retain());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Proves(v5 = {"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void theFlagIsForwardedIfItIsWanted(int qos) {
        try (Peer without = connected(Protocol.MQTT_5);
                Peer with = connected(Protocol.MQTT_5);
                Peer publisher = connected(Protocol.MQTT_3_1_1)) {
            without.subscribe(1, topic, qos | RETAIN_NEVER);
            with.subscribe(1, topic, qos | RETAIN_NEVER | RETAIN_AS_PUBLISHED);
            for (int retain = 0; retain <= 1; retain++) {
                publisher.publish(qos << 1 | retain, topic, qos == 0 ? 0 : 1 + retain, "flag " + retain);
                assertFalse(without.nextPublish("flag " + retain).retain());
                assertEquals(retain == 1, with.nextPublish("flag " + retain).retain());
            }
            // an empty payload removes the retained message, and is forwarded like any other
            publisher.publish(0x01, topic, 0, "");
            assertFalse(without.nextPublish("").retain());
            assertTrue(with.nextPublish("").retain());
        }
    }

    /** Retained messages that a SUBSCRIBE brings have the flag, whatever the subscription wants. */
    @ParameterizedTest
    @ValueSource(ints = {0, RETAIN_AS_PUBLISHED})
    @Proves(v5 = "MQTT-3.3.1-9")
    void theFlagIsSetInWhatASubscribeBrings(int options) {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.subscribe(1, topic, 1 | options);
            expectRetained(peer);
        }
    }

    /** Retain As Published outlives connection and broker with its subscription, and holds for what waits. */
    @Test
    @Proves(v5 = {"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void theFlagWaitsWithItsMessage() {
        String with = BROKER.unique("with");
        String without = BROKER.unique("without");
        try (Peer peer = durable(Protocol.MQTT_5, with);
                Peer other = durable(Protocol.MQTT_5, without)) {
            peer.subscribe(1, topic, 1 | RETAIN_NEVER | RETAIN_AS_PUBLISHED);
            other.subscribe(1, topic, 1 | RETAIN_NEVER);
            peer.disconnect();
            other.disconnect();
        }
        try (Peer publisher = connected(Protocol.MQTT_5)) {
            publisher.publish(0x03, topic, 1, "before");
            publisher.next(PacketKind.PUBACK);
            BROKER.restart();
        }
        try (Peer publisher = connected(Protocol.MQTT_5)) {
            publisher.publish(0x03, topic, 1, "after");
            publisher.next(PacketKind.PUBACK);
        }
        try (Peer peer = durable(Protocol.MQTT_5, with);
                Peer other = durable(Protocol.MQTT_5, without)) {
            assertTrue(peer.nextPublish("before").retain());
            assertTrue(peer.nextPublish("after").retain());
            assertFalse(other.nextPublish("before").retain());
            assertFalse(other.nextPublish("after").retain());
        }
    }
}
