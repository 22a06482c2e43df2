package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages that are so large that the broker treats them in ways of their own. */
@Timeout(120)
class LargeMessageTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int MAXIMUM_BYTES = 16 << 20;

    private static String payload(int seed, int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; text.length() < length; i++) {
            text.append(seed).append('.').append(i).append(' ');
        }
        text.setLength(length);
        return text.toString();
    }

    private static void subscribeAndLeave(Protocol version, String client, String topic) {
        Peer peer = Peer.durable(BROKER, version, client);
        peer.subscribe(1, topic, 2);
        peer.disconnect();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-4.2.0-1", choices = "maximum-packet-size")
    void arriveWholeLiveQueuedAndRetained(Protocol version) {
        String topic = BROKER.unique("t");
        String away = BROKER.unique("s");
        subscribeAndLeave(version, away, topic);
        String largest = payload(0, MAXIMUM_BYTES - 100);
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"));
                Peer subscriber = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            subscriber.subscribe(1, topic, 2);
            publisher.publish(0x00, topic, 0, largest);
            subscriber.receive(largest);
            for (int i = 1; i <= 3; i++) {
                String payload = payload(i, MAXIMUM_BYTES - 100);
                publisher.publish(0x03, topic, i, payload);
                publisher.nextAck(PacketKind.PUBACK, i);
                subscriber.receive(payload);
            }
            publisher.publishReleased(topic, 1, largest);
            subscriber.receive(largest);
        }
        BROKER.restart();
        try (Peer back = Peer.resumed(BROKER, version, away);
                Peer newcomer = Peer.connected(BROKER, version, BROKER.unique("s"))) {
            for (int i = 1; i <= 3; i++) {
                back.receive(payload(i, MAXIMUM_BYTES - 100));
            }
            back.receive(largest);
            back.expectQuiet();
            newcomer.subscribe(1, topic, 1);
            assertTrue(newcomer.receive(payload(3, MAXIMUM_BYTES - 100)).retain());
            newcomer.publish(0x03, topic, 1, "");
            newcomer.nextAck(PacketKind.PUBACK, 1);
        }
    }

    /** Stored once for all, and there until the last one has it. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.5.0-1", v5 = "MQTT-4.5.0-1")
    void stayForEachSessionHoweverEarlyOthersAreDone(Protocol version) {
        String topic = BROKER.unique("t");
        String[] clients = {BROKER.unique("s"), BROKER.unique("s"), BROKER.unique("s"), BROKER.unique("s")};
        for (String client : clients) {
            subscribeAndLeave(version, client, topic);
        }
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
            for (int i = 0; i < 20; i++) {
                publisher.publishReleased(topic, 1, payload(i, 5000 + i));
            }
        }
        for (int c = 0; c < clients.length; c++) {
            try (Peer back = Peer.resumed(BROKER, version, clients[c])) {
                for (int i = 0; i < 20; i++) {
                    if (c == 1 && i == 10) {
                        break;
                    }
                    assertEquals(2, back.receive(payload(i, 5000 + i)).qos());
                }
            }
            // what nobody needs any more is looked for, and removed
            BROKER.advance(Duration.ofMinutes(2));
            BROKER.settle();
            if (c == 2) {
                BROKER.restart();
            }
        }
        try (Peer back = Peer.resumed(BROKER, version, clients[1])) {
            for (int i = 10; i < 20; i++) {
                back.receive(payload(i, 5000 + i));
            }
            back.expectQuiet();
        }
    }
}
