package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property16;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages of one publisher come in the order in which it sent them. */
@Timeout(120)
class OrderTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int TOPICS = 3;
    private static final int ROUNDS = 150;

    /** One message for each topic and QoS, in one segment. */
    private static void publishRound(Peer publisher, String name, String begin, int round) {
        byte[][] batch = new byte[TOPICS * 3][];
        for (int i = 0; i < batch.length; i++) {
            int qos = i % 3;
            batch[i] = publisher.publishPacket(qos << 1, begin + "/" + i / 3, qos == 0 ? 0 : i + 1, name + " " + round);
        }
        publisher.send(batch);
        for (int i = 0; i < batch.length; i++) {
            if (i % 3 > 0) {
                publisher.nextAck(i % 3 == 1 ? PacketKind.PUBACK : PacketKind.PUBREC, i + 1);
            }
        }
        for (int i = 2; i < batch.length; i += 3) {
            publisher.acknowledge(PacketKind.PUBREL, i + 1);
            publisher.nextAck(PacketKind.PUBCOMP, i + 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"},
            v5 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"})
    void isKeptForEachTopicAndQos(Protocol version) {
        String begin = BROKER.unique("t");
        try (Peer one = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer two = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer all = Peer.connected(BROKER, version, BROKER.unique("s"));
                Peer first = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            all.subscribe(1, begin + "/#", 2);
            first.subscribe(1, begin + "/0", 2);
            Map<String, Integer> seenByAll = new HashMap<>();
            Map<String, Integer> seenByFirst = new HashMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                publishRound(one, "one", begin, round);
                publishRound(two, "two", begin, round);
                for (int i = 0; i < 2 * 3 * TOPICS; i++) {
                    check(all.next(PacketKind.PUBLISH).publish(), seenByAll);
                }
                for (int i = 0; i < 2 * 3; i++) {
                    check(first.next(PacketKind.PUBLISH).publish(), seenByFirst);
                }
            }
            assertEquals(2 * 3 * TOPICS, seenByAll.size());
        }
    }

    /** Each stream of a publisher, a topic and a QoS counts from 0 without a gap. */
    private static void check(Frame.Publish publish, Map<String, Integer> seen) {
        String[] parts = publish.text().split(" ", 2);
        String stream = parts[0] + " " + publish.topic() + " " + publish.qos();
        int number = Integer.parseInt(parts[1]);
        assertEquals(seen.getOrDefault(stream, -1) + 1, number, stream);
        seen.put(stream, number);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"},
            v5 = {"MQTT-4.6.0-5", "MQTT-4.6.0-6"},
            choices = "order-across-topics")
    void isKeptAcrossTopicsWhetherTheSubscriberIsThereOrNot(Protocol version) {
        String begin = BROKER.unique("t");
        String client = BROKER.unique("s");
        int count = 300;
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            try (Peer peer = Peer.durable(BROKER, version, client)) {
                peer.subscribe(1, begin + "/#", 2);
                publish(publisher, begin, 0, count);
                for (int i = 0; i < count / 2; i++) {
                    peer.receive("m" + i);
                }
            }
            publish(publisher, begin, count, 2 * count);
        }
        byte[][] few =
                version == Protocol.MQTT_5 ? new byte[][] {property16(Property.RECEIVE_MAXIMUM, 10)} : new byte[0][];
        try (Peer back = Peer.resumed(BROKER, version, client, few);
                Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            // live messages may not overtake those that wait
            publish(publisher, begin, 2 * count, 2 * count + 10);
            for (int i = count / 2; i < 2 * count + 10; i++) {
                back.receive("m" + i);
            }
            back.expectQuiet();
        }
    }

    /** In turn with QoS 1 and 2, each to another topic than the one before. */
    private static void publish(Peer publisher, String begin, int from, int to) {
        for (int i = from; i < to; i++) {
            String topic = begin + "/" + i % 7;
            if (i % 2 == 0) {
                publisher.publishAcknowledged(topic, 1, "m" + i);
            } else {
                publisher.publishReleased(topic, 1, "m" + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.6.0-6", "MQTT-4.3.2-1", "MQTT-2.3.1-4"},
            v5 = {"MQTT-4.6.0-5", "MQTT-4.3.2-1", "MQTT-4.3.3-1", "MQTT-2.2.1-4"})
    void isKeptWhenTheIdentifiersBeginAnew(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("p"));
                Peer peer = Peer.durable(BROKER, version, client)) {
            peer.subscribe(1, topic, 2);
            publisher.publishAcknowledged(topic, 1, "held");
            publisher.publishReleased(topic, 1, "released");
            int held = peer.nextPublish("held").packetId();
            int released = peer.nextPublish("released").packetId();
            peer.acknowledge(PacketKind.PUBREC, released);
            peer.nextAck(PacketKind.PUBREL, released);
            // all other identifiers, once
            int others = 65_533;
            for (int sent = 0; sent < others; sent += 1000) {
                byte[][] batch = new byte[Math.min(1000, others - sent)][];
                for (int i = 0; i < batch.length; i++) {
                    batch[i] = publisher.publishPacket(0x02, topic, i + 1, "m" + (sent + i));
                }
                publisher.send(batch);
                for (int i = 0; i < batch.length; i++) {
                    publisher.nextAck(PacketKind.PUBACK, i + 1);
                    peer.receive("m" + (sent + i));
                }
            }
            for (String payload : List.of("after held", "after released", "last")) {
                publisher.publishAcknowledged(topic, 1, payload);
            }
            // both are in use, so the next one waits
            publisher.publish(0x00, topic, 0, "marker");
            peer.nextPublish("marker");
            peer.acknowledge(PacketKind.PUBACK, held);
            assertEquals(held, peer.receive("after held").packetId());
            publisher.publish(0x00, topic, 0, "marker");
            peer.nextPublish("marker");
            peer.acknowledge(PacketKind.PUBCOMP, released);
            assertEquals(released, peer.receive("after released").packetId());
            peer.receive("last");
            peer.expectQuiet();
        }
    }
}
