package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.NO_LOCAL;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_AS_PUBLISHED;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_NEVER;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several subscriptions of one client match a message. */
@Timeout(60)
class OverlappingSubscriptionsTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("overlap");

    private static Peer connected(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("overlaps"));
    }

    private static List<Object> ids(Frame.Publish publish) {
        return publish.properties().all(Property.SUBSCRIPTION_ID).stream()
                .sorted()
                .toList();
    }

    /** Three subscriptions match, the order in which they were made does not matter. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.5-1", "MQTT-3.8.4-6"},
            v5 = {"MQTT-3.3.4-2", "MQTT-3.8.4-8"},
            choices = "overlapping-subscriptions")
    void bringOneCopyAtTheHighestQosThatIsGranted(Protocol version) {
        int[][] grants = {{0, 1, 2}, {2, 1, 0}, {1, 0, 0}, {0, 0, 1}, {0, 2, 1}, {0, 0, 0}};
        try (Peer publisher = connected(Protocol.MQTT_5)) {
            int packetId = 0;
            for (int[] granted : grants) {
                try (Peer peer = connected(version)) {
                    peer.request(subscribe(version, 1)
                            .filter(topic, granted[0])
                            .filter(topic + "/#", granted[1])
                            .filter("+", granted[2])
                            .filter("other/#", 2));
                    int highest = Math.max(granted[0], Math.max(granted[1], granted[2]));
                    for (int qos = 0; qos <= 2; qos++) {
                        packetId++;
                        publisher.publish(qos << 1, topic, qos == 0 ? 0 : packetId, "at " + qos);
                        assertEquals(
                                Math.min(qos, highest),
                                peer.nextPublish("at " + qos).qos());
                    }
                    peer.expectQuiet();
                }
            }
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.4-3", "MQTT-3.3.4-4", "MQTT-3.3.4-5"})
    void bringAllTheirIdentifiersInOneCopy() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1).filter(topic, 1).subscriptionId(1));
            peer.request(subscribe(Protocol.MQTT_5, 2).filter(topic + "/#", 0).subscriptionId(268_435_455));
            peer.request(subscribe(Protocol.MQTT_5, 3).filter("+", 2));
            peer.request(subscribe(Protocol.MQTT_5, 4).filter("#", RETAIN_NEVER).subscriptionId(200));
            peer.request(subscribe(Protocol.MQTT_5, 5).filter("nobody/#", 2).subscriptionId(6));
            for (int qos = 0; qos <= 2; qos++) {
                peer.publish(qos << 1, topic, qos, "one");
                if (qos > 0) {
                    peer.next(qos == 1 ? PacketKind.PUBACK : PacketKind.PUBREC);
                }
                assertEquals(List.of(1L, 200L, 268_435_455L), ids(peer.nextPublish("one")));
            }
            peer.publish(0, topic + "/below", 0, "two");
            assertEquals(List.of(200L, 268_435_455L), ids(peer.nextPublish("two")));
            peer.expectQuiet();
        }
    }

    /** The specification wants the same identifier as often as it was used for a subscription that matches. */
    @Test
    @Proves(v5 = "MQTT-3.3.4-4")
    void bringTheSameIdentifierOncePerSubscription() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1)
                    .filter(topic, 1)
                    .filter(topic + "/#", 1)
                    .subscriptionId(42));
            peer.publish(0, topic, 0, "both");
            assertEquals(List.of(42L, 42L), ids(peer.nextPublish("both")));
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.8.3-3", choices = "overlapping-no-local")
    void leaveOutThoseWithNoLocalForTheClientsOwnMessages() {
        try (Peer peer = connected(Protocol.MQTT_5);
                Peer other = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1)
                    .filter(topic + "/#", 2 | NO_LOCAL | RETAIN_AS_PUBLISHED)
                    .subscriptionId(1));
            peer.request(subscribe(Protocol.MQTT_5, 2).filter(topic, 1).subscriptionId(2));
            peer.publish(0x05, topic, 1, "own");
            peer.next(PacketKind.PUBREC);
            Frame.Publish own = peer.nextPublish("own");
            assertEquals(1, own.qos());
            assertFalse(own.retain());
            assertEquals(List.of(2L), ids(own));
            other.publish(0x05, topic, 1, "foreign");
            Frame.Publish foreign = peer.nextPublish("foreign");
            assertEquals(2, foreign.qos());
            assertTrue(foreign.retain());
            assertEquals(List.of(1L, 2L), ids(foreign));
            peer.publish(0, topic + "/below", 0, "for nobody else");
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.3.1-13", choices = "overlapping-retain-as-published")
    void keepTheRetainFlagIfOneOfThemWantsIt() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1).filter(topic, 1).filter(topic + "/#", RETAIN_AS_PUBLISHED));
            peer.publish(0x01, topic, 0, "retained");
            assertTrue(peer.nextPublish("retained").retain());
            peer.publish(0x00, topic, 0, "not retained");
            assertFalse(peer.nextPublish("not retained").retain());
            peer.subscribe(2, topic + "/#", RETAIN_NEVER);
            peer.publish(0x01, topic, 0, "retained");
            assertFalse(peer.nextPublish("retained").retain());
        }
    }

    /** Retained messages come for each SUBSCRIBE: a topic that several filters match comes for each of them. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.1-6", "MQTT-3.8.4-4"},
            v5 = {"MQTT-3.3.1-9", "MQTT-3.8.4-5"})
    void bringRetainedMessagesForEachOfThem(Protocol version) {
        try (Peer peer = connected(version)) {
            peer.publish(0x05, topic, 1, "retained");
            peer.next(PacketKind.PUBREC);
            peer.request(subscribe(version, 1).filter(topic, 1).filter(topic + "/#", 2));
            TreeSet<Integer> granted = new TreeSet<>();
            granted.add(peer.nextPublish("retained").qos());
            granted.add(peer.nextPublish("retained").qos());
            assertEquals(List.of(1, 2), List.copyOf(granted));
            peer.expectQuiet();
        }
    }

    /** Whatever the client gets by a Shared Subscription comes besides. */
    @Test
    @Proves(v5 = "MQTT-4.8.2-3", choices = "overlapping-subscriptions")
    void areNotMergedWithSharedOnes() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.request(subscribe(Protocol.MQTT_5, 1).filter(topic, 2).subscriptionId(1));
            peer.request(
                    subscribe(Protocol.MQTT_5, 2).filter("$share/a/" + topic, 0).subscriptionId(2));
            peer.request(
                    subscribe(Protocol.MQTT_5, 3).filter("$share/b/" + topic, 1).subscriptionId(3));
            peer.publish(0x04, topic, 1, "three copies");
            peer.next(PacketKind.PUBREC);
            TreeSet<String> copies = new TreeSet<>();
            for (int i = 0; i < 3; i++) {
                Frame.Publish copy = peer.nextPublish("three copies");
                copies.add(ids(copy) + " at " + copy.qos());
            }
            assertEquals(List.of("[1] at 2", "[2] at 0", "[3] at 1"), List.copyOf(copies));
            peer.expectQuiet();
        }
    }
}
