package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The broker as the receiver of QoS 1 and QoS 2. */
@Timeout(60)
class ReceiverTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int DUP = 0x08;
    private static final int QOS_1 = 0x02;
    private static final int QOS_2 = 0x04;

    private static Peer subscriber(Protocol version, String topic) {
        Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"));
        subscriber.subscribe(1, topic, 2);
        return subscriber;
    }

    private static Peer publisher(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("p"));
    }

    private static void release(Peer publisher, int packetId) {
        publisher.acknowledge(PacketKind.PUBREL, packetId);
        assertEquals(0, publisher.nextAck(PacketKind.PUBCOMP, packetId));
    }

    /** 0x92 in 5.0, where an answer can say so. */
    private static int notFound(Protocol version) {
        return version == Protocol.MQTT_5 ? 0x92 : 0;
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-4.3.2-2",
            v5 = {"MQTT-4.3.2-4", "MQTT-4.3.2-5"})
    void takesAQos1IdentifierForANewMessageAfterPubAck(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version);
                Peer subscriber = subscriber(version, topic)) {
            for (int flags : new int[] {QOS_1, QOS_1, QOS_1 | DUP, QOS_1 | DUP}) {
                publisher.publish(flags, topic, 7, "same");
                assertEquals(0, publisher.nextAck(PacketKind.PUBACK, 7));
                subscriber.receive("same");
            }
            publisher.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-2.3.1-2", v5 = "MQTT-2.2.1-3", choices = "qos1-duplicate-in-progress")
    void tellsARepeatInProgressFromAnotherMessage(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version);
                Peer subscriber = subscriber(version, topic)) {
            // in one segment: the first is not acknowledged when the second comes
            publisher.send(
                    publisher.publishPacket(QOS_1, topic, 7, "message"),
                    publisher.publishPacket(QOS_1 | DUP, topic, 7, "message"),
                    publisher.publishPacket(QOS_1, topic, 8, "marker"));
            publisher.nextAck(PacketKind.PUBACK, 7);
            publisher.nextAck(PacketKind.PUBACK, 8);
            subscriber.receive("message");
            subscriber.receive("marker");
            publisher.send(
                    publisher.publishPacket(QOS_1, topic, 7, "message"),
                    publisher.publishPacket(QOS_1, topic, 7, "another"));
            publisher.expectDisconnect(0x82);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.3.3-2", "MQTT-2.3.1-3"},
            v5 = {"MQTT-4.3.3-8", "MQTT-4.3.3-10"})
    void deliversAQos2MessageOnceHoweverOftenItComes(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version);
                Peer subscriber = subscriber(version, topic)) {
            publisher.publish(QOS_2, topic, 7, "message");
            assertEquals(0, publisher.nextAck(PacketKind.PUBREC, 7));
            // DUP or not: the identifier decides
            for (int flags : new int[] {QOS_2 | DUP, QOS_2, QOS_2 | DUP}) {
                publisher.publish(flags, topic, 7, "message");
                assertEquals(0, publisher.nextAck(PacketKind.PUBREC, 7));
            }
            publisher.send(
                    publisher.publishPacket(QOS_2 | DUP, topic, 7, "message"),
                    publisher.publishPacket(QOS_2 | DUP, topic, 7, "message"));
            publisher.nextAck(PacketKind.PUBREC, 7);
            publisher.nextAck(PacketKind.PUBREC, 7);
            publisher.publishReleased(topic, 8, "marker");
            subscriber.receive("message");
            subscriber.receive("marker");
            release(publisher, 7);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-4.3.3-2",
            v5 = {"MQTT-4.3.3-11", "MQTT-4.3.3-12"})
    void takesAQos2IdentifierForANewMessageAfterPubComp(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version);
                Peer subscriber = subscriber(version, topic)) {
            for (int flags : new int[] {QOS_2, QOS_2 | DUP, QOS_2}) {
                publisher.publish(flags, topic, 7, "same");
                assertEquals(0, publisher.nextAck(PacketKind.PUBREC, 7));
                release(publisher, 7);
                subscriber.receive("same");
            }
            // PUBREL and the next PUBLISH in one segment
            publisher.publish(QOS_2, topic, 7, "first");
            publisher.nextAck(PacketKind.PUBREC, 7);
            publisher.send(Bytes.packet(0x62, Bytes.u16(7)), publisher.publishPacket(QOS_2, topic, 8, "second"));
            publisher.nextAck(PacketKind.PUBCOMP, 7);
            publisher.nextAck(PacketKind.PUBREC, 8);
            publisher.publish(QOS_1, topic, 7, "third");
            publisher.nextAck(PacketKind.PUBACK, 7);
            for (String payload : new String[] {"first", "second", "third"}) {
                subscriber.receive(payload);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsManyQos2IdentifiersApart(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version);
                Peer subscriber = subscriber(version, topic)) {
            int[] packetIds = {65_535, 1, 300, 2, 65_534, 301};
            for (int packetId : packetIds) {
                publisher.publish(QOS_2, topic, packetId, "m" + packetId);
                publisher.nextAck(PacketKind.PUBREC, packetId);
            }
            // released in another order than they came
            for (int packetId : new int[] {2, 65_535, 301, 1}) {
                release(publisher, packetId);
            }
            for (int packetId : new int[] {300, 65_534}) {
                publisher.publish(QOS_2 | DUP, topic, packetId, "m" + packetId);
                publisher.nextAck(PacketKind.PUBREC, packetId);
            }
            publisher.publish(QOS_2, topic, 2, "new");
            publisher.nextAck(PacketKind.PUBREC, 2);
            for (int packetId : packetIds) {
                subscriber.receive("m" + packetId);
            }
            subscriber.receive("new");
            subscriber.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-4.3.3-11", choices = "unknown-packet-identifier")
    void answersAPubRelThatItKnowsNothingOf(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version)) {
            publisher.acknowledge(PacketKind.PUBREL, 7);
            assertEquals(notFound(version), publisher.nextAck(PacketKind.PUBCOMP, 7));
            publisher.publishReleased(topic, 7, "message");
            publisher.acknowledge(PacketKind.PUBREL, 7);
            assertEquals(notFound(version), publisher.nextAck(PacketKind.PUBCOMP, 7));
            publisher.publishAcknowledged(topic, 8, "QoS 1");
            publisher.acknowledge(PacketKind.PUBREL, 8);
            assertEquals(notFound(version), publisher.nextAck(PacketKind.PUBCOMP, 8));
            publisher.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-2.3.1-2", v5 = "MQTT-2.2.1-3")
    void refusesAQos2IdentifierAtAnotherQos(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("p");
        try (Peer subscriber = subscriber(version, topic)) {
            try (Peer publisher = Peer.durable(BROKER, version, client)) {
                publisher.publish(QOS_2, topic, 7, "two");
                publisher.nextAck(PacketKind.PUBREC, 7);
                publisher.publish(QOS_1, topic, 7, "one");
                publisher.expectDisconnect(0x82);
            }
            try (Peer back = Peer.resumed(BROKER, version, client)) {
                back.publish(QOS_2 | DUP, topic, 7, "two");
                back.nextAck(PacketKind.PUBREC, 7);
                release(back, 7);
                back.publishReleased(topic, 7, "marker");
            }
            subscriber.receive("two");
            subscriber.receive("marker");
        }
    }

    @ParameterizedTest
    @EnumSource
    void keepsTheIdentifiersOfTheTwoDirectionsApart(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer other = publisher(version);
                Peer peer = subscriber(version, topic)) {
            other.publishReleased(topic, 1, "to you");
            int packetId = peer.nextPublish("to you").packetId();
            // the same one, at the same time, the other way
            peer.publish(QOS_2, topic, packetId, "from you");
            peer.nextAck(PacketKind.PUBREC, packetId);
            int second = peer.nextPublish("from you").packetId();
            peer.acknowledge(PacketKind.PUBREC, packetId);
            peer.nextAck(PacketKind.PUBREL, packetId);
            release(peer, packetId);
            peer.acknowledge(PacketKind.PUBCOMP, packetId);
            peer.acknowledge(PacketKind.PUBREC, second);
            peer.nextAck(PacketKind.PUBREL, second);
            peer.acknowledge(PacketKind.PUBCOMP, second);
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.6.0-2", "MQTT-4.6.0-3"},
            v5 = {"MQTT-4.6.0-2", "MQTT-4.6.0-3"})
    void acknowledgesInTheOrderInWhichMessagesCame(Protocol version) {
        String topic = BROKER.unique("t");
        int count = 200;
        try (Peer publisher = publisher(version);
                Peer subscriber = subscriber(version, topic + "/#")) {
            byte[][] publishes = new byte[count][];
            for (int i = 0; i < count; i++) {
                // some have a subscriber, some have none; some are retained, some large
                String name = i % 3 == 0 ? BROKER.unique("nobody") : topic + "/" + i % 7;
                String payload = i % 50 == 0 ? "x".repeat(50_000) : "small";
                int flags = (i % 2 == 0 ? QOS_1 : QOS_2) | (i % 5 == 0 ? 1 : 0);
                publishes[i] = publisher.publishPacket(flags, name, count - i, payload);
            }
            publisher.send(publishes);
            for (int i = 0; i < count; i++) {
                publisher.nextAck(i % 2 == 0 ? PacketKind.PUBACK : PacketKind.PUBREC, count - i);
            }
            subscriber.next(PacketKind.PUBLISH);
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(choices = "no-matching-subscribers")
    void saysWhetherThereIsASubscriber(Protocol version) {
        String topic = BROKER.unique("t");
        try (Peer publisher = publisher(version)) {
            assertEquals(0x10, publisher.publishAcknowledged(topic, 1, "m"));
            assertEquals(0x10, publisher.publishReleased(topic, 1, "m"));
            publisher.publish(QOS_1 | 1, topic, 1, "retained");
            assertEquals(0x10, publisher.nextAck(PacketKind.PUBACK, 1));
            String client = BROKER.unique("s");
            Peer subscriber = Peer.durable(BROKER, version, client);
            subscriber.subscribe(1, topic, 0);
            assertEquals(0, publisher.publishAcknowledged(topic, 1, "m"));
            assertEquals(0, publisher.publishReleased(topic, 1, "m"));
            subscriber.receive("retained");
            subscriber.receive("m");
            subscriber.receive("m");
            // one that is away is one too
            subscriber.disconnect();
            assertEquals(0, publisher.publishAcknowledged(topic, 1, "m"));
            assertEquals(0, publisher.publishReleased(topic, 1, "m"));
            try (Peer back = Peer.resumed(BROKER, version, client)) {
                back.send(Bytes.packet(0xA2, Bytes.u16(2), Bytes.properties(), Bytes.text(topic)));
                back.next(PacketKind.UNSUBACK);
            }
            assertEquals(0x10, publisher.publishAcknowledged(topic, 1, "m"));
            // No Local leaves out the only one
            assertEquals(1, publisher.subscribe(2, topic, 0x05));
            assertEquals(0x10, publisher.publishAcknowledged(topic, 1, "m"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = "MQTT_5")
    @Proves(v5 = "MQTT-4.3.3-9")
    void takesAnIdentifierForANewMessageWhereTheFirstWasRefused(Protocol version) {
        String topic = BROKER.unique("t");
        String client = BROKER.unique("p");
        try (Peer subscriber = subscriber(version, topic)) {
            try (Peer publisher = Peer.durable(BROKER, version, client)) {
                // a client of the default Receive Maximum
                byte[][] publishes = new byte[1025][];
                for (int i = 0; i < publishes.length; i++) {
                    publishes[i] = publisher.publishPacket(QOS_2, topic + "/elsewhere", i + 1, "m");
                }
                publisher.send(publishes);
                Frame frame = publisher.next();
                while (frame.kind() == PacketKind.PUBREC) {
                    frame = publisher.next();
                }
                assertEquals(0x93, frame.disconnect().reasonCode());
                publisher.expectClosed();
            }
            try (Peer back = Peer.resumed(BROKER, version, client)) {
                back.publish(QOS_2 | DUP, topic, 1025, "not the one that was refused");
                back.nextAck(PacketKind.PUBREC, 1025);
                subscriber.receive("not the one that was refused");
            }
        }
    }
}
