package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a PUBLISH with or without RETAIN does to the retained message of its topic, and to those who listen. */
@Timeout(60)
class RetainedStoreTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int RETAIN = 1;

    /** Publishes to the end of the handshake of that QoS. */
    private static void publish(Peer publisher, String topic, int qos, int retain, String payload) {
        publisher.publish(qos << 1 | retain, topic, qos == 0 ? 0 : 1, payload);
        if (qos == 0) {
            // what is retained goes through the log: so does this, behind it
            publisher.publishAcknowledged(BROKER.unique("behind"), 1, "");
        } else if (qos == 1) {
            publisher.nextAck(PacketKind.PUBACK, 1);
        } else {
            publisher.nextAck(PacketKind.PUBREC, 1);
            publisher.acknowledge(PacketKind.PUBREL, 1);
            publisher.nextAck(PacketKind.PUBCOMP, 1);
        }
    }

    private static Peer client(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("c"));
    }

    /** A new subscriber gets this, with RETAIN, and nothing more. */
    private static void expectRetained(Protocol version, String topic, int qos, String payload) {
        try (Peer newcomer = client(version)) {
            newcomer.subscribe(1, topic, 2);
            Frame.Publish retained = newcomer.receive(payload);
            assertTrue(retained.retain());
            assertFalse(retained.dup());
            assertEquals(qos, retained.qos());
            assertEquals(topic, retained.topic());
            expectMarker(newcomer, topic);
        }
    }

    /** Nothing else is on its way to it. */
    private static void expectMarker(Peer subscriber, String topic) {
        subscriber.publish(0x02, topic, 1, "marker");
        subscriber.nextAck(PacketKind.PUBACK, 1);
        subscriber.receive("marker");
    }

    private static void expectNothingRetained(Protocol version, String topic) {
        try (Peer newcomer = client(version)) {
            newcomer.subscribe(1, topic, 2);
            expectMarker(newcomer, topic);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.1-5", "MQTT-3.3.1-7", "MQTT-3.3.1-8", "MQTT-3.3.1-12"},
            v5 = {"MQTT-3.3.1-5", "MQTT-3.3.1-8"},
            choices = "retained-qos0")
    void keepsTheLastMessageWithRetainOfATopicWithItsQos(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = client(version)) {
            for (int qos : new int[] {1, 0, 2, 0, 1, 2}) {
                publish(publisher, topic, qos, RETAIN, "retained with QoS " + qos);
                expectRetained(version, topic, qos, "retained with QoS " + qos);
                // without RETAIN nothing changes, not even with an empty payload
                for (int other = 0; other <= 2; other++) {
                    publish(publisher, topic, other, 0, "passing");
                    publish(publisher, topic, other, 0, "");
                }
                expectRetained(version, topic, qos, "retained with QoS " + qos);
            }
            publish(publisher, topic, 1, RETAIN, "the last");
        }
        BROKER.restart();
        expectRetained(version, topic, 1, "the last");
        expectNothingRetained(version, topic + "/below");
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.1-10", "MQTT-3.3.1-11"},
            v5 = {"MQTT-3.3.1-6", "MQTT-3.3.1-7"})
    void removesItForAnEmptyPayload(Protocol version) {
        String topic = BROKER.unique("t");
        String neighbour = topic + "/neighbour";
        try (Peer publisher = client(version);
                Peer subscriber = client(version)) {
            subscriber.subscribe(1, topic, 2);
            publish(publisher, neighbour, 1, RETAIN, "stays");
            for (int qos = 0; qos <= 2; qos++) {
                publish(publisher, topic, 1, RETAIN, "goes");
                subscriber.receive("goes");
                expectRetained(version, topic, 1, "goes");
                subscriber.receive("marker");
                publish(publisher, topic, qos, RETAIN, "");
                // delivered as any message
                Frame.Publish empty = subscriber.receive("");
                assertFalse(empty.retain());
                assertEquals(qos, empty.qos());
                expectNothingRetained(version, topic);
                subscriber.receive("marker");
                // where there is none to remove, none is stored either
                publish(publisher, topic, qos, RETAIN, "");
                subscriber.receive("");
                expectNothingRetained(version, topic);
                subscriber.receive("marker");
            }
            expectRetained(version, neighbour, 1, "stays");
        }
        BROKER.restart();
        expectNothingRetained(version, topic);
        expectRetained(version, neighbour, 1, "stays");
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.1-9", v5 = "MQTT-3.3.1-12")
    void sendsWithoutRetainToThoseWhoAreSubscribed(Protocol version) {
        String topic = BROKER.unique("t");
        String away = BROKER.unique("s");
        Peer gone = Peer.durable(BROKER, version, away);
        gone.subscribe(1, topic, 2);
        gone.disconnect();
        try (Peer publisher = client(version);
                Peer subscriber = client(version)) {
            subscriber.subscribe(1, topic, 2);
            for (int qos = 0; qos <= 2; qos++) {
                publish(publisher, topic, qos, RETAIN, "retained " + qos);
                assertFalse(subscriber.receive("retained " + qos).retain());
                publish(publisher, topic, qos, 0, "passing " + qos);
                assertFalse(subscriber.receive("passing " + qos).retain());
            }
        }
        try (Peer back = Peer.resumed(BROKER, version, away)) {
            for (int qos = 1; qos <= 2; qos++) {
                assertFalse(back.receive("retained " + qos).retain());
                assertFalse(back.receive("passing " + qos).retain());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = "MQTT-3.3.1-13")
    void sendsRetainAsPublishedToThoseWhoWantIt(Protocol version) {
        String topic = BROKER.unique("t");
        String away = BROKER.unique("s");
        int retainAsPublished = 0x0A;
        Peer gone = Peer.durable(BROKER, version, away);
        gone.subscribe(1, topic, retainAsPublished);
        gone.disconnect();
        try (Peer publisher = client(version);
                Peer subscriber = client(version)) {
            subscriber.subscribe(1, topic, retainAsPublished);
            for (int qos = 0; qos <= 2; qos++) {
                publish(publisher, topic, qos, RETAIN, "retained " + qos);
                assertTrue(subscriber.receive("retained " + qos).retain());
                publish(publisher, topic, qos, 0, "passing " + qos);
                assertFalse(subscriber.receive("passing " + qos).retain());
                publish(publisher, topic, qos, RETAIN, "");
                assertTrue(subscriber.receive("").retain());
            }
        }
        try (Peer back = Peer.resumed(BROKER, version, away)) {
            for (int qos = 1; qos <= 2; qos++) {
                assertTrue(back.receive("retained " + qos).retain());
                assertFalse(back.receive("passing " + qos).retain());
                assertTrue(back.receive("").retain());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.3.3-2", v5 = "MQTT-4.3.3-10")
    void isNotChangedByARepeatOfQos2(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer slow = client(version);
                Peer publisher = client(version)) {
            slow.publish(0x05, topic, 7, "older");
            slow.nextAck(PacketKind.PUBREC, 7);
            publish(publisher, topic, 1, RETAIN, "newer");
            slow.publish(0x0D, topic, 7, "older");
            slow.nextAck(PacketKind.PUBREC, 7);
            expectRetained(version, topic, 1, "newer");
            publish(publisher, topic, 1, RETAIN, "");
            slow.publish(0x0D, topic, 7, "older");
            slow.nextAck(PacketKind.PUBREC, 7);
            expectNothingRetained(version, topic);
        }
    }
}
