package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Receive Maximum, both ways. */
@Timeout(120)
class FlowControlTest {

    private static final int MAXIMUM = 5;

    /** So many share a sync. */
    private static final int BATCH = 1000;

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with("limits.receive-maximum", String.valueOf(MAXIMUM));

    private static Peer client(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("c"));
    }

    private static Peer clientThatTakes(int receiveMaximum) {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("s"))
                .properties(property16(Property.RECEIVE_MAXIMUM, receiveMaximum));
        return Peer.connected(BROKER, Protocol.MQTT_5, connect);
    }

    /** So many that were PUBRECed and not released. */
    private static void publishUnreleased(Peer publisher, String topic, int from, int to) {
        for (int packetId = from; packetId <= to; packetId++) {
            publisher.publish(0x04, topic, packetId, "unreleased");
            publisher.nextAck(PacketKind.PUBREC, packetId);
        }
    }

    @Test
    @Proves(
            v5 = "MQTT-3.3.4-7",
            choices = {"receive-maximum-counting", "receive-maximum-default"})
    void holdsAPublisherOfQos2ToItsWord() {
        String topic = BROKER.unique("t");
        try (Peer publisher = Peer.open(BROKER, Protocol.MQTT_5);
                Peer bystander = client(Protocol.MQTT_5)) {
            publisher.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("p")).bytes());
            assertEquals(MAXIMUM, publisher.next().connAck().properties().number(Property.RECEIVE_MAXIMUM));
            publishUnreleased(publisher, topic, 1, MAXIMUM);
            // a repeat is not one more
            publisher.publish(0x0C, topic, 3, "unreleased");
            publisher.nextAck(PacketKind.PUBREC, 3);
            // nor is what needs no acknowledgement
            publisher.publish(0x00, topic, 0, "zero");
            publisher.acknowledge(PacketKind.PUBREL, 3);
            publisher.nextAck(PacketKind.PUBCOMP, 3);
            publishUnreleased(publisher, topic, 6, 6);
            publisher.publish(0x04, topic, 7, "one too many");
            publisher.expectDisconnect(0x93);
            bystander.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.4-7")
    void holdsAPublisherOfQos1ToItsWord() {
        String topic = BROKER.unique("t");
        try (Peer peer = client(Protocol.MQTT_5)) {
            // so many at a time, again and again
            for (int round = 0; round < 20; round++) {
                byte[][] publishes = new byte[MAXIMUM][];
                for (int i = 0; i < MAXIMUM; i++) {
                    publishes[i] = peer.publishPacket(0x02, topic, i + 1, "m");
                }
                peer.send(publishes);
                for (int i = 0; i < MAXIMUM; i++) {
                    peer.nextAck(PacketKind.PUBACK, i + 1);
                }
            }
        }
        byte[][] publishes = new byte[MAXIMUM + 1][];
        for (int i = 0; i <= MAXIMUM; i++) {
            publishes[i] = packet(0x32, text(topic), u16(i + 1), Bytes.properties());
        }
        // in one segment: none can be acknowledged in between
        BROKER.refuses(Protocol.MQTT_5, 0x93, publishes);
    }

    @Test
    @Proves(v5 = "MQTT-3.3.4-7")
    void countsQos1AndQos2Together() {
        String topic = BROKER.unique("t");
        try (Peer peer = client(Protocol.MQTT_5)) {
            publishUnreleased(peer, topic, 1, MAXIMUM - 1);
            peer.publishAcknowledged(topic, 9, "the last one");
            peer.publishAcknowledged(topic, 9, "and again");
            peer.send(peer.publishPacket(0x02, topic, 9, "m"), peer.publishPacket(0x02, topic, 10, "m"));
            peer.expectDisconnect(0x93);
        }
    }

    @Test
    void beginsAnewOnEachConnection() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("p");
        try (Peer publisher = Peer.durable(BROKER, Protocol.MQTT_5, client)) {
            publishUnreleased(publisher, topic, 1, MAXIMUM);
        }
        try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
            publishUnreleased(back, topic, 11, 10 + MAXIMUM);
            for (int packetId = 1; packetId <= MAXIMUM; packetId++) {
                back.acknowledge(PacketKind.PUBREL, packetId);
                assertEquals(0, back.nextAck(PacketKind.PUBCOMP, packetId));
            }
            back.publish(0x04, topic, 20, "one too many");
            back.expectDisconnect(0x93);
        }
    }

    @Test
    @Proves(choices = "receive-maximum-default")
    void doesNotBindOlderClients() {
        try (Peer peer = client(Protocol.MQTT_3_1_1)) {
            publishUnreleased(peer, BROKER.unique("t"), 1, 10 * MAXIMUM);
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.4-8", "MQTT-4.9.0-3"})
    void doesNotHoldUpWhatElseAPublisherSends() {
        String topic = BROKER.unique("t");
        try (Peer peer = client(Protocol.MQTT_5)) {
            publishUnreleased(peer, topic, 1, MAXIMUM);
            peer.expectQuiet();
            assertEquals(1, peer.subscribe(9, topic, 1));
            peer.publish(0x00, topic, 0, "zero");
            peer.nextPublish("zero");
            peer.send(packet(0xA2, u16(10), Bytes.properties(), text(topic)));
            peer.next(PacketKind.UNSUBACK);
            peer.acknowledge(PacketKind.PUBREL, 1);
            peer.nextAck(PacketKind.PUBCOMP, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 100})
    @Proves(
            v5 = {"MQTT-3.3.4-9", "MQTT-4.9.0-1", "MQTT-4.9.0-2"},
            choices = "send-quota")
    void ofAClientIsUsedToTheFullAndNotExceeded(int maximum) {
        String topic = BROKER.unique("t");
        int all = 2 * maximum + 3;
        try (Peer publisher = client(Protocol.MQTT_3_1_1);
                Peer subscriber = clientThatTakes(maximum)) {
            subscriber.subscribe(1, topic, 2);
            for (int i = 0; i < all; i++) {
                if (i % 2 == 0) {
                    publisher.publishReleased(topic, 1, "m" + i);
                } else {
                    publisher.publishAcknowledged(topic, 1, "m" + i);
                }
            }
            List<Frame.Publish> held = new ArrayList<>();
            for (int i = 0; i < maximum; i++) {
                held.add(subscriber.nextPublish("m" + i));
            }
            for (int i = maximum; i < all; i++) {
                // QoS 0 needs no quota: if one more were there it would come first
                publisher.publish(0x00, topic, 0, "marker");
                subscriber.nextPublish("marker");
                finish(subscriber, held.remove(0));
                held.add(subscriber.nextPublish("m" + i));
            }
        }
    }

    private static void finish(Peer subscriber, Frame.Publish publish) {
        if (publish.qos() == 1) {
            subscriber.acknowledge(PacketKind.PUBACK, publish.packetId());
        } else {
            subscriber.acknowledge(PacketKind.PUBREC, publish.packetId());
            subscriber.nextAck(PacketKind.PUBREL, publish.packetId());
            // PUBREC gave nothing back
            subscriber.expectQuiet();
            subscriber.acknowledge(PacketKind.PUBCOMP, publish.packetId());
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.4-9", "MQTT-4.9.0-2"})
    void comesBackWithEachAcknowledgementThatEndsADelivery() {
        String topic = BROKER.unique("t");
        try (Peer publisher = client(Protocol.MQTT_5);
                Peer subscriber = clientThatTakes(1)) {
            subscriber.subscribe(1, topic, 2);
            publisher.publishAcknowledged(topic, 1, "PUBACK");
            publisher.publishAcknowledged(topic, 1, "PUBACK with an error");
            publisher.publishReleased(topic, 1, "PUBCOMP");
            publisher.publishReleased(topic, 1, "PUBCOMP with an error");
            publisher.publishReleased(topic, 1, "PUBREC with an error");
            publisher.publishAcknowledged(topic, 1, "last");
            int id = subscriber.nextPublish("PUBACK").packetId();
            subscriber.acknowledge(PacketKind.PUBACK, id);
            id = subscriber.nextPublish("PUBACK with an error").packetId();
            subscriber.acknowledge(PacketKind.PUBACK, id, 0x80);
            id = subscriber.nextPublish("PUBCOMP").packetId();
            subscriber.acknowledge(PacketKind.PUBREC, id);
            subscriber.nextAck(PacketKind.PUBREL, id);
            subscriber.acknowledge(PacketKind.PUBCOMP, id);
            id = subscriber.nextPublish("PUBCOMP with an error").packetId();
            subscriber.acknowledge(PacketKind.PUBREC, id, 0x10);
            subscriber.nextAck(PacketKind.PUBREL, id);
            subscriber.acknowledge(PacketKind.PUBCOMP, id, 0x92);
            id = subscriber.nextPublish("PUBREC with an error").packetId();
            subscriber.acknowledge(PacketKind.PUBREC, id, 0x87);
            subscriber.nextPublish("last");
            subscriber.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.4-9", "MQTT-4.9.0-1"})
    void isNotRaisedByAcknowledgementsThatEndNothing() {
        String topic = BROKER.unique("t");
        try (Peer publisher = client(Protocol.MQTT_5);
                Peer subscriber = clientThatTakes(2)) {
            subscriber.subscribe(1, topic, 2);
            // before anything was sent, and for identifiers that nobody holds
            for (int packetId = 60_001; packetId <= 60_005; packetId++) {
                subscriber.acknowledge(PacketKind.PUBACK, packetId);
                subscriber.acknowledge(PacketKind.PUBCOMP, packetId);
                subscriber.acknowledge(PacketKind.PUBREC, packetId, 0x80);
            }
            subscriber.expectQuiet();
            for (int i = 0; i < 5; i++) {
                publisher.publishReleased(topic, 1, "m" + i);
            }
            int first = subscriber.nextPublish("m0").packetId();
            subscriber.nextPublish("m1");
            subscriber.acknowledge(PacketKind.PUBACK, 60_001);
            subscriber.acknowledge(PacketKind.PUBREC, first);
            subscriber.nextAck(PacketKind.PUBREL, first);
            subscriber.acknowledge(PacketKind.PUBREC, first);
            subscriber.nextAck(PacketKind.PUBREL, first);
            publisher.publish(0x00, topic, 0, "marker");
            subscriber.nextPublish("marker");
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.4-9", "MQTT-4.9.0-1"})
    void isNotRaisedByTheEndOfDeliveriesOfAnEarlierConnection() {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("s");
        try (Peer publisher = client(Protocol.MQTT_5)) {
            List<Integer> released = new ArrayList<>();
            try (Peer subscriber = Peer.durable(BROKER, Protocol.MQTT_5, client)) {
                subscriber.subscribe(1, topic, 2);
                for (int i = 0; i < 4; i++) {
                    publisher.publishReleased(topic, 1, "released");
                    released.add(subscriber.nextPublish("released").packetId());
                    subscriber.acknowledge(PacketKind.PUBREC, released.get(i));
                    subscriber.nextAck(PacketKind.PUBREL, released.get(i));
                }
            }
            for (int i = 0; i < 8; i++) {
                publisher.publishAcknowledged(topic, 1, "m" + i);
            }
            byte[] two = property16(Property.RECEIVE_MAXIMUM, 2);
            try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client, two)) {
                for (int packetId : released) {
                    back.nextAck(PacketKind.PUBREL, packetId);
                }
                back.nextPublish("m0");
                back.nextPublish("m1");
                for (int packetId : released) {
                    back.acknowledge(PacketKind.PUBCOMP, packetId);
                }
                publisher.publish(0x00, topic, 0, "marker");
                back.nextPublish("marker");
            }
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.4-10", "MQTT-4.9.0-3"})
    void holdsUpNothingButPublish() {
        String topic = BROKER.unique("t");
        try (Peer publisher = client(Protocol.MQTT_5);
                Peer subscriber = clientThatTakes(1)) {
            subscriber.subscribe(1, topic, 2);
            publisher.publishReleased(topic, 1, "first");
            publisher.publishReleased(topic, 1, "waits");
            int first = subscriber.nextPublish("first").packetId();
            subscriber.expectQuiet();
            publisher.publish(0x00, topic, 0, "QoS 0");
            subscriber.nextPublish("QoS 0");
            subscriber.publishAcknowledged(BROKER.unique("elsewhere"), 1, "m");
            subscriber.publishReleased(BROKER.unique("elsewhere"), 1, "m");
            assertEquals(1, subscriber.subscribe(2, topic + "/more", 1));
            subscriber.send(packet(0xA2, u16(3), Bytes.properties(), text(topic + "/more")));
            subscriber.next(PacketKind.UNSUBACK);
            subscriber.acknowledge(PacketKind.PUBREC, 50_000);
            assertEquals(0x92, subscriber.nextAck(PacketKind.PUBREL, 50_000));
            subscriber.acknowledge(PacketKind.PUBREL, 50_000);
            assertEquals(0x92, subscriber.nextAck(PacketKind.PUBCOMP, 50_000));
            subscriber.acknowledge(PacketKind.PUBREC, first);
            subscriber.nextAck(PacketKind.PUBREL, first);
            subscriber.acknowledge(PacketKind.PUBCOMP, first);
            subscriber.nextPublish("waits");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-2.3.1-4",
            v5 = {"MQTT-3.3.4-9", "MQTT-4.9.0-2", "MQTT-2.2.1-4"},
            choices = "send-quota")
    void isAllIdentifiersIfAClientSetsNone(Protocol version) {
        String topic = BROKER.unique("t");
        int all = 65_535;
        try (Peer publisher = client(Protocol.MQTT_3_1_1);
                Peer subscriber = client(version)) {
            subscriber.subscribe(1, topic, 1);
            boolean[] seen = new boolean[all + 1];
            int first = 0;
            for (int sent = 0; sent < all; sent += BATCH) {
                byte[][] batch = new byte[Math.min(BATCH, all - sent)][];
                for (int i = 0; i < batch.length; i++) {
                    batch[i] = publisher.publishPacket(0x02, topic, i + 1, "m" + (sent + i));
                }
                publisher.send(batch);
                for (int i = 0; i < batch.length; i++) {
                    publisher.nextAck(PacketKind.PUBACK, i + 1);
                    int packetId = subscriber.nextPublish("m" + (sent + i)).packetId();
                    assertFalse(seen[packetId], () -> packetId + " is in use");
                    seen[packetId] = true;
                    first = sent + i == 0 ? packetId : first;
                }
            }
            publisher.publishAcknowledged(topic, 1, "one more");
            publisher.publish(0x00, topic, 0, "marker");
            subscriber.nextPublish("marker");
            subscriber.acknowledge(PacketKind.PUBACK, first);
            assertEquals(first, subscriber.nextPublish("one more").packetId());
            subscriber.expectQuiet();
        }
    }
}
