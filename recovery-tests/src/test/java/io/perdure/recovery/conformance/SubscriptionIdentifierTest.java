package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Subscription Identifiers: given, replaced, taken away, and kept as long as their subscription [3.8.2.1.2]. */
@Timeout(60)
class SubscriptionIdentifierTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int LARGEST = 268_435_455;

    private final String topic = BROKER.unique("identified");

    private static Peer connected() {
        return Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("identified"));
    }

    private static Peer durable(String clientId) {
        return Peer.connected(BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).durable());
    }

    private static SubscribePacket subscription(String filter, int options) {
        return subscribe(Protocol.MQTT_5, 1).filter(filter, options);
    }

    private static List<Object> ids(Frame.Publish publish) {
        return publish.properties().all(Property.SUBSCRIPTION_ID);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, LARGEST})
    @Proves(v5 = "MQTT-3.3.4-3")
    void comesBackWithEachMessage(int id) {
        try (Peer peer = connected()) {
            peer.request(subscription(topic, 2).subscriptionId(id));
            for (int qos = 0; qos <= 2; qos++) {
                peer.publish(qos << 1, topic, qos, "message");
                if (qos > 0) {
                    peer.next(qos == 1 ? PacketKind.PUBACK : PacketKind.PUBREC);
                }
                assertEquals(List.of((long) id), ids(peer.nextPublish("message")));
            }
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.4-3")
    void isThatOfAllFiltersOfItsSubscribe() {
        try (Peer peer = connected()) {
            peer.request(subscription(topic + "/a", 0).filter(topic + "/+/b", 0).subscriptionId(77));
            peer.publish(0, topic + "/a", 0, "first");
            peer.publish(0, topic + "/x/b", 0, "second");
            assertEquals(List.of(77L), ids(peer.nextPublish("first")));
            assertEquals(List.of(77L), ids(peer.nextPublish("second")));
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.8.4-3", "MQTT-3.3.4-3"})
    void isReplacedAndTakenAwayByTheNextSubscribe() {
        try (Peer peer = connected()) {
            peer.request(subscription(topic, 1).subscriptionId(5));
            peer.publish(0, topic, 0, "with 5");
            assertEquals(List.of(5L), ids(peer.nextPublish("with 5")));
            peer.request(subscription(topic, 1).subscriptionId(LARGEST));
            peer.publish(0, topic, 0, "with the largest");
            assertEquals(List.of((long) LARGEST), ids(peer.nextPublish("with the largest")));
            peer.request(subscription(topic, 1));
            peer.publish(0, topic, 0, "with none");
            assertEquals(List.of(), ids(peer.nextPublish("with none")));
            peer.request(subscription(topic, 1).subscriptionId(6));
            peer.publish(0, topic, 0, "with 6");
            assertEquals(List.of(6L), ids(peer.nextPublish("with 6")));
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.4-3")
    void comesWithRetainedMessagesOfItsSubscriptionAlone() {
        try (Peer peer = connected()) {
            peer.publish(0x03, topic, 1, "retained");
            peer.next(PacketKind.PUBACK);
            peer.request(subscription("#", SubscribePacket.RETAIN_NEVER).subscriptionId(1));
            peer.request(subscription(topic, 1).subscriptionId(2));
            Frame.Publish retained = peer.nextPublish("retained");
            assertEquals(List.of(2L), ids(retained));
            peer.acknowledge(PacketKind.PUBACK, retained.packetId());
            peer.unsubscribe(3, "#");
            peer.request(subscription(topic, 0));
            assertEquals(List.of(), ids(peer.nextPublish("retained")));
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.4-3")
    void comesWithMessagesOfASharedSubscription() {
        try (Peer member = connected();
                Peer publisher = connected()) {
            member.request(subscription("$share/group/" + topic, 1).subscriptionId(9));
            publisher.publishAcknowledged(topic, 1, "shared");
            assertEquals(List.of(9L), ids(member.nextPublish("shared")));
            member.request(subscription(topic, 1).subscriptionId(10));
            publisher.publish(0, topic, 0, "twice");
            Set<List<Object>> copies = new HashSet<>();
            copies.add(ids(member.nextPublish("twice")));
            copies.add(ids(member.nextPublish("twice")));
            assertEquals(Set.of(List.of(9L), List.of(10L)), copies);
        }
    }

    /** The subscription and what waits in the queue are kept, with their identifiers. */
    @Test
    @Proves(v5 = "MQTT-3.3.4-3")
    void outlivesTheConnectionAndTheBroker() {
        String clientId = BROKER.unique("durable");
        try (Peer peer = durable(clientId)) {
            peer.request(subscription(topic, 2).subscriptionId(300));
            peer.request(subscription(topic + "/#", 1).subscriptionId(20_000));
        }
        try (Peer publisher = connected()) {
            publisher.publishAcknowledged(topic, 1, "while it is away");
        }
        BROKER.restart();
        try (Peer publisher = connected()) {
            publisher.publishAcknowledged(topic, 1, "after the restart");
        }
        try (Peer peer = durable(clientId)) {
            for (String payload : List.of("while it is away", "after the restart")) {
                Frame.Publish queued = peer.nextPublish(payload);
                assertEquals(List.of(300L, 20_000L), sorted(ids(queued)));
                peer.acknowledge(PacketKind.PUBACK, queued.packetId());
            }
            peer.publish(0, topic + "/x", 0, "online");
            assertEquals(List.of(20_000L), ids(peer.nextPublish("online")));
        }
        BROKER.restart();
        try (Peer peer = durable(clientId)) {
            peer.publish(0, topic, 0, "online again");
            assertEquals(List.of(300L, 20_000L), sorted(ids(peer.nextPublish("online again"))));
            peer.request(subscription(topic, 2));
        }
        BROKER.restart();
        try (Peer peer = durable(clientId)) {
            peer.publish(0, topic, 0, "one was taken away");
            assertEquals(List.of(20_000L), ids(peer.nextPublish("one was taken away")));
        }
    }

    private static List<Object> sorted(List<Object> ids) {
        return ids.stream().sorted().toList();
    }

    /** A message that waits keeps the identifier that its subscription had when it came. */
    @Test
    void doesNotChangeInMessagesThatWait() {
        ConnectPacket slow = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("slow"))
                .properties(Bytes.property16(Property.RECEIVE_MAXIMUM, 1));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, slow);
                Peer publisher = connected()) {
            peer.request(subscription(topic, 1).subscriptionId(1));
            publisher.publishAcknowledged(topic, 1, "first");
            publisher.publishAcknowledged(topic, 2, "second");
            Frame.Publish first = peer.nextPublish("first");
            peer.request(subscription(topic, 1).subscriptionId(2));
            publisher.publishAcknowledged(topic, 3, "third");
            peer.acknowledge(PacketKind.PUBACK, first.packetId());
            Frame.Publish second = peer.nextPublish("second");
            assertEquals(List.of(1L), ids(second));
            peer.acknowledge(PacketKind.PUBACK, second.packetId());
            assertEquals(List.of(2L), ids(peer.nextPublish("third")));
        }
    }
}
