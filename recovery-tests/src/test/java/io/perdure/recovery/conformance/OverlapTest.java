package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.variable;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A message that matches several subscriptions of one client. */
@Timeout(60)
class OverlapTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static byte[] identifier(int id) {
        return join(u8(Property.SUBSCRIPTION_ID), variable(id));
    }

    private static void assertIdentifiers(Set<Long> expected, Frame.Publish publish) {
        List<Object> all = publish.properties().all(Property.SUBSCRIPTION_ID);
        assertEquals(expected, new HashSet<>(all));
        assertEquals(expected.size(), all.size(), "an identifier twice");
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.5-1", v5 = "MQTT-3.3.4-2", choices = "overlapping-subscriptions")
    void comesOnceAtTheHighestQos(Protocol version) {
        String topic = BROKER.unique("t");
        String away = BROKER.unique("s");
        int[][] orders = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
        for (int[] granted : orders) {
            try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("p"))) {
                try (Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, away).durable())) {
                    peer.subscribe(1, topic + "/a", granted[0]);
                    peer.subscribe(1, topic + "/+", granted[1]);
                    peer.subscribe(1, topic + "/#", granted[2]);
                    for (int qos = 0; qos <= 2; qos++) {
                        publisher.publish(qos << 1, topic + "/a", qos == 0 ? 0 : qos, "m" + qos);
                        assertEquals(qos, peer.receive("m" + qos).qos());
                    }
                    peer.disconnect();
                }
                publisher.publish(0x04, topic + "/a", 3, "queued");
                publisher.next(PacketKind.PUBACK);
                publisher.next(PacketKind.PUBREC);
                publisher.next(PacketKind.PUBREC);
                try (Peer back = Peer.resumed(BROKER, version, away)) {
                    assertEquals(2, back.receive("queued").qos());
                    back.expectQuiet();
                }
            }
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5"},
            choices = "overlapping-subscriptions")
    void carriesTheIdentifiersOfAll() {
        String topic = BROKER.unique("t");
        String leaf = BROKER.unique("leaf");
        String client = BROKER.unique("s");
        try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("p"))) {
            try (Peer peer = Peer.durable(BROKER, Protocol.MQTT_5, client)) {
                peer.subscribe(1, topic + "/" + leaf, 0, identifier(1));
                peer.subscribe(1, topic + "/+", 2, identifier(268_435_455));
                peer.subscribe(1, topic + "/#", 1);
                peer.subscribe(1, "+/" + leaf, 1, identifier(128));
                peer.subscribe(1, topic + "/b", 1, identifier(7));
                for (int qos = 0; qos <= 2; qos++) {
                    publisher.publish(qos << 1, topic + "/" + leaf, qos == 0 ? 0 : qos, "m" + qos);
                    assertIdentifiers(Set.of(1L, 128L, 268_435_455L), peer.receive("m" + qos));
                }
                publisher.publish(0x00, topic + "/c/d", 0, "no identifier");
                assertIdentifiers(Set.of(), peer.receive("no identifier"));
                peer.disconnect();
            }
            publisher.publish(0x02, topic + "/b", 3, "queued");
            publisher.next(PacketKind.PUBACK);
            publisher.next(PacketKind.PUBREC);
            publisher.nextAck(PacketKind.PUBACK, 3);
            BROKER.restart();
            try (Peer back = Peer.resumed(BROKER, Protocol.MQTT_5, client)) {
                assertIdentifiers(Set.of(7L, 268_435_455L), back.receive("queued"));
                back.expectQuiet();
            }
        }
    }

    @Test
    @Proves(choices = "overlapping-retain-as-published")
    void hasRetainAsPublishedIfOneWantsIt() {
        String topic = BROKER.unique("t");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("c"))) {
            peer.subscribe(1, topic + "/a", 0x00);
            peer.subscribe(1, topic + "/#", 0x08);
            peer.subscribe(1, topic + "/+", 0x00);
            peer.publish(0x01, topic + "/a", 0, "retained");
            assertTrue(peer.receive("retained").retain());
            peer.publish(0x00, topic + "/a", 0, "not retained");
            assertFalse(peer.receive("not retained").retain());
        }
    }

    @Test
    @Proves(choices = "overlapping-no-local")
    void comesToItsPublisherByTheSubscriptionsWithoutNoLocal() {
        String topic = BROKER.unique("t");
        int noLocal = 0x04;
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("c"));
                Peer other = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("c"))) {
            peer.subscribe(1, topic + "/a", 2 | noLocal, identifier(1));
            peer.subscribe(1, topic + "/+", 1, identifier(2));
            peer.publish(0x04, topic + "/a", 1, "own");
            peer.nextAck(PacketKind.PUBREC, 1);
            Frame.Publish own = peer.receive("own");
            assertEquals(1, own.qos());
            assertIdentifiers(Set.of(2L), own);
            other.publish(0x04, topic + "/a", 1, "of another");
            Frame.Publish foreign = peer.receive("of another");
            assertEquals(2, foreign.qos());
            assertIdentifiers(Set.of(1L, 2L), foreign);
            peer.expectQuiet();
        }
    }
}
