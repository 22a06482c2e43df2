package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** QoS 2 is delivered exactly once, wherever in the handshake the connection ends. */
@Timeout(120)
class ExactlyOnceTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int DUP = 0x08;
    private static final int QOS_2 = 0x04;

    /** The last that happened on a connection, from the sender of the message to its receiver and back. */
    private enum Cut {
        PUBLISH,
        PUBREC,
        PUBREL,
        PUBCOMP
    }

    static Stream<Arguments> cuts() {
        return Stream.of(Protocol.values()).flatMap(version -> Stream.of(Cut.values())
                .flatMap(cut -> Stream.of(Ending.values()).map(ending -> Arguments.of(version, cut, ending))));
    }

    /** What a client has to remember from connection to connection as the receiver of QoS 2 [4.3.3]. */
    private static final class Receiver {
        private final Set<Integer> unreleased = new HashSet<>();
        private final Map<Integer, String> payloads = new HashMap<>();
        private final List<String> delivered = new ArrayList<>();

        /** Takes a PUBLISH; not whether it is new, only its identifier, tells whether it is delivered. */
        void publish(Frame.Publish publish) {
            assertEquals(2, publish.qos());
            int packetId = publish.packetId();
            if (unreleased.add(packetId)) {
                delivered.add(publish.text());
                payloads.put(packetId, publish.text());
            } else {
                assertEquals(
                        payloads.get(packetId), publish.text(), "an identifier in use was given to another message");
                assertTrue(publish.dup(), "sent again without DUP");
            }
        }

        void release(Frame.Ack pubRel) {
            assertEquals(0, pubRel.reasonCode());
            unreleased.remove(pubRel.packetId());
        }

        /** Goes on until this message is finished. */
        void receiveTo(Peer peer, String last) {
            boolean done = false;
            while (!done) {
                Frame frame = peer.next();
                if (frame.kind() == PacketKind.PUBLISH) {
                    publish(frame.publish());
                    peer.acknowledge(PacketKind.PUBREC, frame.publish().packetId());
                } else {
                    assertEquals(PacketKind.PUBREL, frame.kind());
                    int packetId = frame.ack().packetId();
                    release(frame.ack());
                    peer.acknowledge(PacketKind.PUBCOMP, packetId);
                    done = last.equals(payloads.remove(packetId));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @Proves(
            v311 = {"MQTT-4.3.3-2", "MQTT-2.3.1-3"},
            v5 = {"MQTT-4.3.3-10", "MQTT-4.3.3-11", "MQTT-4.3.3-12"})
    void fromAPublisher(Protocol version, Cut cut, Ending ending) {
        String topic = BROKER.unique("t");
        String subscriber = BROKER.unique("s");
        String publisher = BROKER.unique("p");
        subscribeAndLeave(version, subscriber, topic);
        try (Peer peer = Peer.durable(BROKER, version, publisher)) {
            peer.publish(QOS_2, topic, 7, "message");
            if (cut != Cut.PUBLISH) {
                peer.nextAck(PacketKind.PUBREC, 7);
            }
            if (cut == Cut.PUBREL || cut == Cut.PUBCOMP) {
                peer.acknowledge(PacketKind.PUBREL, 7);
            }
            if (cut == Cut.PUBCOMP) {
                assertEquals(0, peer.nextAck(PacketKind.PUBCOMP, 7));
            }
            ending.of(peer, BROKER);
            // twice, as if the first answer were lost once more
            for (int i = 0; i < 2; i++) {
                resume(version, publisher, topic, cut, i == 1);
            }
        }
        try (Peer peer = Peer.resumed(BROKER, version, subscriber)) {
            peer.receive("message");
            peer.receive("marker");
            peer.expectQuiet();
        }
    }

    /** What a publisher does that has got nothing, or has sent the last that it had to send. */
    private static void resume(Protocol version, String publisher, String topic, Cut cut, boolean toTheEnd) {
        try (Peer back = Peer.resumed(BROKER, version, publisher)) {
            if (cut == Cut.PUBLISH || cut == Cut.PUBREC) {
                back.publish(QOS_2 | DUP, topic, 7, "message");
                assertEquals(0, back.nextAck(PacketKind.PUBREC, 7));
                if (!toTheEnd) {
                    return;
                }
            }
            back.acknowledge(PacketKind.PUBREL, 7);
            back.nextAck(PacketKind.PUBCOMP, 7);
            if (toTheEnd) {
                back.publishReleased(topic, 7, "marker");
            }
        }
    }

    private static void subscribeAndLeave(Protocol version, String subscriber, String topic) {
        Peer peer = Peer.durable(BROKER, version, subscriber);
        peer.subscribe(1, topic, 2);
        peer.disconnect();
    }

    @ParameterizedTest
    @MethodSource("cuts")
    @Proves(
            v311 = {"MQTT-4.3.3-1", "MQTT-4.4.0-1"},
            v5 = {"MQTT-4.3.3-3", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT-4.4.0-1"})
    void toASubscriber(Protocol version, Cut cut, Ending ending) {
        String topic = BROKER.unique("t");
        String subscriber = BROKER.unique("s");
        Receiver receiver = new Receiver();
        try (Peer peer = Peer.durable(BROKER, version, subscriber)) {
            peer.subscribe(1, topic, 2);
            publish(topic, "message");
            Frame.Publish publish = peer.nextPublish("message");
            int packetId = publish.packetId();
            receiver.publish(publish);
            assertFalse(publish.dup());
            if (cut != Cut.PUBLISH) {
                peer.acknowledge(PacketKind.PUBREC, packetId);
            }
            if (cut == Cut.PUBREL || cut == Cut.PUBCOMP) {
                receiver.release(peer.next(PacketKind.PUBREL).ack());
            }
            if (cut == Cut.PUBCOMP) {
                peer.acknowledge(PacketKind.PUBCOMP, packetId);
            }
            ending.of(peer, BROKER);
            try (Peer back = Peer.resumed(BROKER, version, subscriber)) {
                if (cut == Cut.PUBLISH) {
                    Frame.Publish again = back.nextPublish("message");
                    assertEquals(packetId, again.packetId());
                    receiver.publish(again);
                    back.acknowledge(PacketKind.PUBREC, packetId);
                } else if (cut == Cut.PUBREL) {
                    // nothing else can come, and no PUBLISH at all
                    assertEquals(packetId, back.next(PacketKind.PUBREL).ack().packetId());
                    back.acknowledge(PacketKind.PUBCOMP, packetId);
                }
                publish(topic, "marker");
                receiver.receiveTo(back, "marker");
            }
            assertEquals(List.of("message", "marker"), receiver.delivered);
        }
        try (Peer back = Peer.resumed(BROKER, version, subscriber)) {
            back.expectQuiet();
        }
    }

    private static void publish(String topic, String payload) {
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("p"))) {
            publisher.publishReleased(topic, 1, payload);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.3.3-1", "MQTT-4.4.0-1"},
            v5 = {"MQTT-4.3.3-3", "MQTT-4.3.3-5", "MQTT-4.3.3-6", "MQTT-4.4.0-1"})
    void toASubscriberThatIsCutOffAgainAndAgain(Protocol version) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed + " (repeat with -Dseed=" + seed + ")");
        Random random = new Random(seed);
        String topic = BROKER.unique("t");
        String subscriber = BROKER.unique("s");
        subscribeAndLeave(version, subscriber, topic);
        Receiver receiver = new Receiver();
        List<String> published = new ArrayList<>();
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            for (int i = 0; i < 300; i++) {
                published.add("m" + i);
                publisher.publishReleased(topic, 1, "m" + i);
            }
        }
        boolean done = false;
        while (!done) {
            try (Peer peer = Peer.resumed(BROKER, version, subscriber)) {
                done = receiveUntilTiredOf(peer, receiver, random);
            }
            if (random.nextInt(10) == 0) {
                BROKER.restart();
            }
        }
        assertEquals(published, receiver.delivered);
    }

    /** Takes some packets, answers most of them, and leaves; true if all is finished. */
    private static boolean receiveUntilTiredOf(Peer peer, Receiver receiver, Random random) {
        int packets = random.nextInt(60);
        for (int i = 0; i < packets; i++) {
            if (receiver.delivered.size() == 300 && receiver.unreleased.isEmpty()) {
                return true;
            }
            // something comes in any case
            peer.send(Bytes.hex("c0 00"));
            Frame frame = peer.next();
            boolean answers = random.nextInt(4) > 0;
            if (frame.kind() == PacketKind.PINGRESP) {
                continue;
            }
            if (frame.kind() == PacketKind.PUBLISH) {
                receiver.publish(frame.publish());
                if (answers) {
                    peer.acknowledge(PacketKind.PUBREC, frame.publish().packetId());
                }
            } else {
                assertEquals(PacketKind.PUBREL, frame.kind());
                receiver.release(frame.ack());
                if (answers) {
                    peer.acknowledge(PacketKind.PUBCOMP, frame.ack().packetId());
                }
            }
        }
        return false;
    }
}
