package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Subscriptions are part of the session: they last as long, and as they were made. */
@Timeout(60)
class SubscriptionStateTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("topic");
    private final String clientId = BROKER.unique("durable");

    private static Peer connected() {
        return Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("client"));
    }

    /** As the client sees them: what was granted, replaced and taken away holds while it is away and after a restart. */
    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.1.2-5", "MQTT-3.8.4-6", "MQTT-3.10.4-1", "MQTT-3.10.4-2"},
            v5 = {"MQTT-3.8.4-3", "MQTT-3.8.4-8", "MQTT-3.10.4-1", "MQTT-3.10.4-2"})
    void outliveTheConnectionAndTheBroker(Protocol version) {
        try (Peer peer = Peer.durable(BROKER, version, clientId)) {
            peer.request(subscribe(version, 1)
                    .filter(topic + "/at0", 0)
                    .filter(topic + "/at1/+", 1)
                    .filter(topic + "/at2/#", 2)
                    .filter(topic + "/replaced", 2)
                    .filter(topic + "/deleted/#", 2)
                    .filter("$share/deleted/" + topic + "/deleted/x", 2));
            peer.subscribe(2, topic + "/replaced", 1);
            peer.unsubscribe(3, topic + "/deleted/#", "$share/deleted/" + topic + "/deleted/x");
            peer.disconnect();
        }
        publishAll(1);
        BROKER.restart();
        publishAll(2);
        try (Peer peer = Peer.resumed(BROKER, version, clientId)) {
            List<Frame.Publish> first = expectAll(peer, 1);
            List<Frame.Publish> second = expectAll(peer, 2);
            settle(peer, first);
            settle(peer, second);
            publishAll(3);
            assertEquals(0, peer.nextPublish("at0 in 3").qos());
            settle(peer, expectAll(peer, 3));
            peer.expectQuiet();
            List<Integer> codes = peer.unsubscribe(
                    4, topic + "/at0", topic + "/at1/+", topic + "/at2/#", topic + "/replaced", topic + "/deleted/#");
            assertEquals(version == Protocol.MQTT_5 ? List.of(0, 0, 0, 0, 0x11) : List.of(), codes);
            peer.disconnect();
        }
        BROKER.restart();
        publishAll(4);
        try (Peer peer = Peer.resumed(BROKER, version, clientId)) {
            publishAll(5);
            peer.expectQuiet();
        }
    }

    private void publishAll(int round) {
        try (Peer publisher = connected()) {
            int packetId = 0;
            for (String name : List.of("at0", "deleted/x", "at1/x", "at2", "at2/x/y", "replaced")) {
                publisher.publish(0x04, topic + "/" + name, ++packetId, name + " in " + round);
                publisher.next(PacketKind.PUBREC);
            }
        }
    }

    private static List<Frame.Publish> expectAll(Peer peer, int round) {
        List<Frame.Publish> all = new ArrayList<>();
        for (String name : List.of("at1/x", "at2", "at2/x/y", "replaced")) {
            Frame.Publish publish = peer.nextPublish(name + " in " + round);
            assertEquals(name.startsWith("at2") ? 2 : 1, publish.qos());
            all.add(publish);
        }
        return all;
    }

    private static void settle(Peer peer, List<Frame.Publish> all) {
        for (Frame.Publish publish : all) {
            if (publish.qos() == 1) {
                peer.acknowledge(PacketKind.PUBACK, publish.packetId());
            } else {
                peer.acknowledge(PacketKind.PUBREC, publish.packetId());
                peer.nextAck(PacketKind.PUBREL, publish.packetId());
                peer.acknowledge(PacketKind.PUBCOMP, publish.packetId());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.10.4-2", v5 = "MQTT-3.10.4-2")
    void endWithTheirSession(Protocol version) {
        String shared = "$share/group/" + topic;
        try (Peer publisher = connected()) {
            try (Peer peer = Peer.connected(BROKER, version, clientId)) {
                peer.request(subscribe(version, 1).filter(topic, 1).filter(shared, 1));
                assertEquals(0x00, publisher.publishAcknowledged(topic, 1, "there"));
            }
            try (Peer peer = Peer.durable(BROKER, version, clientId)) {
                assertEquals(0x10, publisher.publishAcknowledged(topic, 2, "ended with its connection"));
                peer.request(subscribe(version, 1).filter(topic, 1).filter(shared, 1));
                peer.disconnect();
            }
            assertEquals(0x00, publisher.publishAcknowledged(topic, 3, "away"));
            Peer.connected(BROKER, version, clientId).disconnect();
            assertEquals(0x10, publisher.publishAcknowledged(topic, 4, "ended by a clean start"));
        }
    }

    /** ShareName and filter take part in the keys of what waits for a group: the longest there are. */
    @Test
    @Proves(
            v5 = {"MQTT-4.8.2-1", "MQTT-4.7.3-3"},
            choices = "shared-no-member")
    void mayBeSharedUnderTheLongestNames() {
        String name = "n".repeat(32_000) + BROKER.unique("n");
        String start = "$share/" + name + "/";
        String filter = "t/".repeat((65_535 - start.length()) / 2);
        String full = start + filter + "t".repeat(65_535 - start.length() - filter.length());
        String longTopic = full.substring(start.length());
        try (Peer peer = Peer.durable(BROKER, Protocol.MQTT_5, clientId)) {
            assertEquals(2, peer.subscribe(1, full, 2));
            peer.disconnect();
        }
        try (Peer publisher = connected()) {
            assertEquals(0x00, publisher.publishAcknowledged(longTopic, 1, "waits"));
        }
        BROKER.restart();
        try (Peer peer = Peer.resumed(BROKER, Protocol.MQTT_5, clientId)) {
            assertEquals(longTopic, peer.nextPublish("waits").topic());
            assertEquals(List.of(0x00, 0x11), peer.unsubscribe(2, full, full.substring(0, 65_534)));
        }
    }
}
