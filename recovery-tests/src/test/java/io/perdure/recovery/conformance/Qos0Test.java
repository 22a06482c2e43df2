package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** QoS 0 for clients that are away or slow. */
@Timeout(120)
class Qos0Test {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "qos0-offline")
    void isNotKeptForAClientThatIsAway(Protocol version) {
        String topic = BROKER.unique("t");
        String one = BROKER.unique("s");
        String zero = BROKER.unique("s");
        for (String client : new String[] {one, zero}) {
            Peer subscriber = Peer.durable(BROKER, version, client);
            subscriber.subscribe(1, topic, client.equals(one) ? 1 : 0);
            subscriber.disconnect();
        }
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            publisher.publish(0x00, topic, 0, "QoS 0");
            publisher.publishAcknowledged(topic, 1, "QoS 1");
        }
        try (Peer back = Peer.resumed(BROKER, version, one)) {
            back.receive("QoS 1");
            back.expectQuiet();
        }
        try (Peer back = Peer.resumed(BROKER, version, zero)) {
            back.expectQuiet();
            back.publishAcknowledged(topic, 1, "now");
            assertEquals(0, back.receive("now").qos());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(choices = "qos0-slow-subscriber")
    void isDroppedForAClientThatDoesNotRead(Protocol version) {
        String topic = BROKER.unique("t");
        String padding = " ".repeat(100_000);
        int count = 400;
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer slow = Peer.connected(BROKER, version, BROKER.unique("s"));
                Peer quick = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            slow.subscribe(1, topic, 1);
            quick.subscribe(1, topic, 1);
            for (int i = 0; i < count; i++) {
                publisher.publish(0x00, topic, 0, i + padding);
                quick.nextPublish(i + padding);
            }
            publisher.publishAcknowledged(topic, 1, "QoS 1 waits");
            quick.receive("QoS 1 waits");
            int received = 0;
            int last = -1;
            Frame.Publish publish = slow.next(PacketKind.PUBLISH).publish();
            while (publish.qos() == 0) {
                int number = Integer.parseInt(publish.text().strip());
                assertEquals(
                        100_000,
                        publish.payload().length - String.valueOf(number).length());
                assertTrue(number > last, "not in order, or twice");
                last = number;
                received++;
                publish = slow.next(PacketKind.PUBLISH).publish();
            }
            assertEquals("QoS 1 waits", publish.text());
            assertTrue(received < count, "40 MB were kept for a client that does not read");
            slow.acknowledge(PacketKind.PUBACK, publish.packetId());
            publisher.publish(0x00, topic, 0, "QoS 0 again");
            slow.nextPublish("QoS 0 again");
        }
    }
}
