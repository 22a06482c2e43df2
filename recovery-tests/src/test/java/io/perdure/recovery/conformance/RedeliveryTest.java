package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.u16;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes again when a session is resumed, and what does not. */
@Timeout(120)
class RedeliveryTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    static Stream<Arguments> endings() {
        return Stream.of(Protocol.values())
                .flatMap(version -> Stream.of(Ending.values()).map(ending -> Arguments.of(version, ending)));
    }

    /** What a client knows of a PUBLISH that it has got. */
    private record Sent(String payload, int packetId, int qos) {
        static Sent of(Frame.Publish publish) {
            return new Sent(publish.text(), publish.packetId(), publish.qos());
        }
    }

    /** Publishes m{from} to m{to - 1}, in turn with QoS 1 and 2. */
    private static void publish(String topic, int from, int to) {
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("p"))) {
            for (int i = from; i < to; i++) {
                if (i % 2 == 0) {
                    publisher.publishAcknowledged(topic, 1, "m" + i);
                } else {
                    publisher.publishReleased(topic, 1, "m" + i);
                }
            }
        }
    }

    private static void expectAgain(Peer peer, List<Sent> unacknowledged) {
        for (Sent sent : unacknowledged) {
            Frame.Publish again = peer.nextPublish(sent.payload());
            assertEquals(sent, Sent.of(again));
            assertTrue(again.dup(), () -> sent + " again without DUP");
        }
    }

    private static void expectNew(Peer peer, int from, int to) {
        for (int i = from; i < to; i++) {
            assertFalse(peer.nextPublish("m" + i).dup(), "DUP of what was never sent");
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    @Proves(
            v311 = {"MQTT-3.3.1-1", "MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-4.6.0-4", "MQTT-2.3.1-4"},
            v5 = {"MQTT-3.3.1-1", "MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-4.6.0-4", "MQTT-4.3.3-6"})
    void isInOrderWithDupAndTheSameIdentifiers(Protocol version, Ending ending) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        List<Sent> unacknowledged = new ArrayList<>();
        List<Sent> received = new ArrayList<>();
        try (Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publish(topic, 0, 120);
            for (int i = 0; i < 120; i++) {
                Frame.Publish publish = peer.nextPublish("m" + i);
                if (i % 3 != 0) {
                    unacknowledged.add(Sent.of(publish));
                } else if (publish.qos() == 1) {
                    peer.acknowledge(PacketKind.PUBACK, publish.packetId());
                } else {
                    received.add(Sent.of(publish));
                }
            }
            // in another order than they came
            Collections.reverse(received);
            Collections.swap(received, 3, 11);
            for (Sent sent : received) {
                peer.acknowledge(PacketKind.PUBREC, sent.packetId());
                peer.nextAck(PacketKind.PUBREL, sent.packetId());
            }
            ending.of(peer, BROKER);
            if (ending == Ending.LOST) {
                BROKER.settle();
                publish(topic, 120, 130);
            }
            try (Peer back = Peer.resumed(BROKER, version, client)) {
                for (Sent sent : received) {
                    back.nextAck(PacketKind.PUBREL, sent.packetId());
                }
                expectAgain(back, unacknowledged);
                if (ending != Ending.LOST) {
                    publish(topic, 120, 130);
                }
                expectNew(back, 120, 130);
                back.expectQuiet();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = {"MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-3.3.1-1", "MQTT-3.3.4-9"})
    void keepsToAReceiveMaximumThatHasBecomeSmaller(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        List<Sent> unacknowledged = new ArrayList<>();
        List<Sent> released = new ArrayList<>();
        byte[] seven = property16(Property.RECEIVE_MAXIMUM, 7);
        try (Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publish(topic, 0, 60);
            for (int i = 0; i < 60; i++) {
                Frame.Publish publish = peer.nextPublish("m" + i);
                (i % 4 == 1 ? released : unacknowledged).add(Sent.of(publish));
            }
            for (Sent sent : released) {
                peer.acknowledge(PacketKind.PUBREC, sent.packetId());
                peer.nextAck(PacketKind.PUBREL, sent.packetId());
            }
        }
        BROKER.settle();
        publish(topic, 60, 62);
        // a connection that acknowledges nothing, and after a restart one that does
        for (int round = 0; round < 2; round++) {
            try (Peer back = Peer.resumed(BROKER, version, client, seven)) {
                for (Sent sent : released) {
                    back.nextAck(PacketKind.PUBREL, sent.packetId());
                }
                expectAgain(back, unacknowledged.subList(0, 7));
                back.expectQuiet();
            }
            BROKER.restart();
        }
        try (Peer back = Peer.resumed(BROKER, version, client, seven)) {
            for (Sent sent : released) {
                back.nextAck(PacketKind.PUBREL, sent.packetId());
                back.acknowledge(PacketKind.PUBCOMP, sent.packetId());
            }
            for (Sent sent : unacknowledged) {
                Frame.Publish again = back.receive(sent.payload());
                assertEquals(sent, Sent.of(again));
                assertTrue(again.dup(), () -> sent + " again without DUP");
            }
            assertFalse(back.receive("m60").dup());
            assertFalse(back.receive("m61").dup());
            back.expectQuiet();
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    @Proves(
            v311 = {"MQTT-4.4.0-1", "MQTT-4.3.2-1"},
            v5 = {"MQTT-4.4.0-1", "MQTT-4.3.2-3"})
    void isNoneOfWhatWasAcknowledged(Protocol version, Ending ending) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publish(topic, 0, 20);
            for (int i = 0; i < 20; i++) {
                peer.receive("m" + i);
            }
            peer.expectQuiet();
            ending.of(peer, BROKER);
            try (Peer back = Peer.resumed(BROKER, version, client)) {
                publish(topic, 20, 22);
                expectNew(back, 20, 22);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("endings")
    @Proves(v311 = "MQTT-4.4.0-1", v5 = "MQTT-4.4.0-1")
    void endsWithTheSession(Protocol version, Ending ending) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publish(topic, 0, 4);
            peer.nextPublish("m0");
            int released = peer.nextPublish("m1").packetId();
            peer.nextPublish("m2");
            peer.nextPublish("m3");
            peer.acknowledge(PacketKind.PUBREC, released);
            peer.nextAck(PacketKind.PUBREL, released);
            ending.of(peer, BROKER);
            try (Peer clean = Peer.connected(BROKER, version, client)) {
                clean.expectQuiet();
                clean.subscribe(1, topic, 2);
                publish(topic, 4, 6);
                expectNew(clean, 4, 6);
                clean.expectQuiet();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.4.0-1", v5 = "MQTT-4.4.0-1")
    void isOfEachReleaseOnEachConnectionUntilItIsComplete(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        int packetId;
        try (Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publish(topic, 1, 2);
            packetId = peer.nextPublish("m1").packetId();
            peer.acknowledge(PacketKind.PUBREC, packetId);
            peer.nextAck(PacketKind.PUBREL, packetId);
        }
        for (int i = 0; i < 5; i++) {
            try (Peer back = Peer.resumed(BROKER, version, client)) {
                back.nextAck(PacketKind.PUBREL, packetId);
                // a client that repeats its PUBREC gets PUBREL, not 0x92
                back.acknowledge(PacketKind.PUBREC, packetId);
                assertEquals(0, back.nextAck(PacketKind.PUBREL, packetId));
                back.expectQuiet();
                if (i == 4) {
                    back.acknowledge(PacketKind.PUBCOMP, packetId);
                    back.expectQuiet();
                }
            }
            if (i == 2) {
                BROKER.restart();
            }
        }
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            back.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-4.6.0-4"},
            v5 = {"MQTT-4.4.0-1", "MQTT-4.6.0-1", "MQTT-4.6.0-4"})
    void isOfThousandsToo(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        int count = 9000;
        List<Sent> unacknowledged = new ArrayList<>();
        List<Sent> received = new ArrayList<>();
        try (Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publishPipelined(topic, count);
            for (int i = 0; i < count; i++) {
                Sent sent = Sent.of(peer.nextPublish("m" + i));
                (i % 2 == 0 ? unacknowledged : received).add(sent);
            }
            // in one segment
            Collections.shuffle(received, new Random(version.level));
            peer.send(received.stream()
                    .map(sent -> packet(PacketKind.PUBREC.firstByte(), u16(sent.packetId())))
                    .toArray(byte[][]::new));
            for (Sent sent : received) {
                peer.nextAck(PacketKind.PUBREL, sent.packetId());
            }
        }
        BROKER.restart();
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            for (Sent sent : received) {
                back.nextAck(PacketKind.PUBREL, sent.packetId());
            }
            expectAgain(back, unacknowledged);
            for (Sent sent : unacknowledged) {
                back.acknowledge(PacketKind.PUBREC, sent.packetId());
                back.nextAck(PacketKind.PUBREL, sent.packetId());
                back.acknowledge(PacketKind.PUBCOMP, sent.packetId());
            }
            for (Sent sent : received) {
                back.acknowledge(PacketKind.PUBCOMP, sent.packetId());
            }
            publish(topic, 0, 1);
            assertFalse(back.receive("m0").dup());
            back.disconnect();
        }
        try (Peer back = Peer.resumed(BROKER, version, client)) {
            back.expectQuiet();
        }
    }

    /** At QoS 2, many in one segment. */
    private static void publishPipelined(String topic, int count) {
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("p"))) {
            for (int sent = 0; sent < count; sent += 1000) {
                byte[][] batch = new byte[1000][];
                for (int i = 0; i < batch.length; i++) {
                    batch[i] = publisher.publishPacket(0x04, topic, sent + i + 1, "m" + (sent + i));
                }
                publisher.send(batch);
                for (int i = 0; i < batch.length; i++) {
                    publisher.nextAck(PacketKind.PUBREC, sent + i + 1);
                }
            }
        }
    }
}
