package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.NO_LOCAL;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_AS_PUBLISHED;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_NEVER;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No Local: a client does not hear itself. */
@Timeout(60)
class NoLocalTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("echo");

    private static Peer connected() {
        return Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("client"));
    }

    private static Peer durable(String clientId) {
        return Peer.connected(BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).durable());
    }

    private static void publish(Peer peer, int qos, String topic, int packetId, String payload) {
        peer.publish(qos << 1, topic, qos == 0 ? 0 : packetId, payload);
        if (qos > 0) {
            peer.next(qos == 1 ? PacketKind.PUBACK : PacketKind.PUBREC);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, echo", "1, echo", "2, echo", "0, wild", "1, wild", "2, wild"})
    @Proves(v5 = "MQTT-3.8.3-3")
    void keepsBackOnlyTheClientsOwnMessages(int qos, String kind) {
        try (Peer peer = connected();
                Peer other = connected()) {
            peer.subscribe(1, kind.equals("wild") ? topic + "/#" : topic, 2 | NO_LOCAL);
            other.subscribe(1, topic, 2 | NO_LOCAL);
            publish(peer, qos, topic, 1, "own");
            other.nextPublish("own");
            publish(other, qos, topic, 1, "of another client");
            peer.nextPublish("of another client");
            peer.expectQuiet();
            other.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.8.3-3")
    void canBeSwitchedByTheNextSubscribe() {
        try (Peer peer = connected()) {
            for (int round = 0; round < 3; round++) {
                peer.subscribe(1, topic, 1 | NO_LOCAL);
                publish(peer, 1, topic, 1, "kept back");
                peer.subscribe(2, topic, 1);
                peer.publish(0, topic, 0, "heard");
                peer.nextPublish("heard");
            }
        }
    }

    /** The Client Identifier counts, not the connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves(v5 = "MQTT-3.8.3-3")
    void holdsForALaterConnectionOfTheSameClient(boolean restart) {
        String clientId = BROKER.unique("durable");
        try (Peer peer = durable(clientId)) {
            peer.subscribe(1, topic, 1 | NO_LOCAL);
            publish(peer, 1, topic, 1, "from the first connection");
            peer.disconnect();
        }
        if (restart) {
            BROKER.restart();
        }
        try (Peer peer = durable(clientId);
                Peer other = connected()) {
            for (int qos = 0; qos <= 2; qos++) {
                publish(peer, qos, topic, 1 + qos, "from the second connection");
                publish(other, qos, topic, 1 + qos, "marker");
                Frame.Publish marker = peer.nextPublish("marker");
                if (marker.qos() == 1) {
                    peer.acknowledge(PacketKind.PUBACK, marker.packetId());
                }
            }
            peer.expectQuiet();
        }
    }

    /** What a client has retained is its own message, whenever it subscribes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves(v5 = "MQTT-3.8.3-3", choices = "no-local-retained")
    void holdsForWhatTheClientHasRetained(boolean restart) {
        String clientId = BROKER.unique("retains");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, clientId);
                Peer other = connected()) {
            peer.publish(0x03, topic + "/own", 1, "own");
            peer.next(PacketKind.PUBACK);
            other.publish(0x03, topic + "/other", 1, "of another client");
            other.next(PacketKind.PUBACK);
        }
        if (restart) {
            BROKER.restart();
        }
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, clientId);
                Peer other = connected()) {
            peer.request(subscribe(Protocol.MQTT_5, 1)
                    .filter(topic + "/own", 1 | NO_LOCAL)
                    .filter(topic + "/#", 1 | NO_LOCAL | RETAIN_AS_PUBLISHED)
                    .filter(topic + "/other", 1 | NO_LOCAL));
            assertEquals(topic + "/other", peer.nextPublish("of another client").topic());
            assertEquals(topic + "/other", peer.nextPublish("of another client").topic());
            other.subscribe(1, topic + "/own", 1 | NO_LOCAL);
            assertTrue(other.nextPublish("own").retain());
            peer.subscribe(2, topic + "/own", 1);
            assertTrue(peer.nextPublish("own").retain());
            peer.expectQuiet();
        }
    }

    /** A Will is a message of its client too, though it is sent for it. */
    @Test
    @Proves(v5 = "MQTT-3.8.3-3")
    void holdsForTheClientsWill() {
        String clientId = BROKER.unique("dies");
        ConnectPacket connect =
                new ConnectPacket(Protocol.MQTT_5, clientId).durable().will(topic, "will", 1, false);
        try (Peer other = connected()) {
            other.subscribe(1, topic, 1);
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                peer.subscribe(1, topic, 1 | NO_LOCAL);
            }
            other.acknowledge(PacketKind.PUBACK, other.nextPublish("will").packetId());
            publish(other, 0, topic, 0, "not kept");
            other.nextPublish("not kept");
            other.publish(0x02, topic, 7, "marker");
            other.next();
            other.next();
        }
        try (Peer peer = durable(clientId)) {
            peer.nextPublish("marker");
        }
    }

    @Test
    @Proves(choices = "no-matching-subscribers")
    void leavesNobodyIfItKeepsBackFromTheOnlySubscriber() {
        try (Peer peer = connected()) {
            peer.subscribe(1, topic, 1 | NO_LOCAL);
            assertEquals(0x10, peer.publishAcknowledged(topic, 1, "own"));
            peer.publish(0x04, topic, 2, "own");
            assertEquals(0x10, peer.next(PacketKind.PUBREC).ack().reasonCode());
            peer.subscribe(2, topic + "/#", 0);
            peer.publish(0x02, topic, 3, "heard");
            Frame first = peer.next();
            Frame second = peer.next();
            Frame ack = first.kind() == PacketKind.PUBACK ? first : second;
            assertEquals(0x00, ack.ack().reasonCode());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {NO_LOCAL, 1 | NO_LOCAL, 2 | NO_LOCAL | RETAIN_AS_PUBLISHED | RETAIN_NEVER})
    @Proves(v5 = "MQTT-3.8.3-4")
    void isAProtocolErrorWithASharedSubscription(int options) {
        String clientId = BROKER.unique("shares");
        String shared = "$share/group/" + topic;
        try (Peer peer = durable(clientId)) {
            peer.send(subscribe(Protocol.MQTT_5, 1).filter(shared, options).bytes());
            peer.expectDisconnect(0x82);
        }
        try (Peer peer = durable(clientId)) {
            peer.send(subscribe(Protocol.MQTT_5, 1)
                    .filter(topic, 1)
                    .filter(shared, options)
                    .bytes());
            peer.expectDisconnect(0x82);
        }
        // nothing of it has happened, and others go on
        try (Peer peer = durable(clientId);
                Peer other = connected()) {
            assertEquals(0x10, other.publishAcknowledged(topic, 1, "nobody"));
            assertEquals(List.of(0x11, 0x11), peer.unsubscribe(1, topic, shared));
        }
    }
}
