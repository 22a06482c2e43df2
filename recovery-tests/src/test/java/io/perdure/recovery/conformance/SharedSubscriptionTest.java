package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Shared Subscriptions: their names, who gets what, and at which QoS. Which member is chosen is nobody's right. */
@Timeout(60)
class SharedSubscriptionTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("topic");
    private final String group = BROKER.unique("group");
    private final String shared = "$share/" + group + "/" + topic;

    private static Peer connected(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("member"));
    }

    private static Peer connected() {
        return connected(Protocol.MQTT_5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$share//x",
                "$share/a",
                "$share/a/",
                "$share/",
                "$share//",
                "$share///x",
                "$share/a+/x",
                "$share/+/x",
                "$share/a#/x",
                "$share/#/x",
                "$share/#",
                "$share/+"
            })
    @Proves(
            v311 = {"MQTT-3.9.3-2", "MQTT-3.8.4-5"},
            v5 = {"MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-3.9.3-2"},
            choices = "invalid-topic-filter")
    void refusesAWrongShareName(String filter) {
        for (Protocol version : Protocol.values()) {
            try (Peer peer = connected(version)) {
                int failure = version == Protocol.MQTT_5 ? 0x8F : 0x80;
                SubscribePacket mixed =
                        subscribe(version, 1).filter(topic, 1).filter(filter, 2).filter(shared, 0);
                assertEquals(
                        List.of(1, failure, 0), peer.request(mixed).reasonCodes(), () -> filter + " in " + version);
                int size = version == Protocol.MQTT_5 ? 1 : 0;
                assertEquals(size, peer.unsubscribe(2, filter).size());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"$share/g/a/#/b", "$share/g/a+", "$share/g/#/", "$share/g/+a/b"})
    @Proves(v5 = "MQTT-4.8.2-2")
    void refusesAWrongFilterBehindTheShareName(String filter) {
        try (Peer peer = connected()) {
            assertEquals(0x8F, peer.subscribe(1, filter, 1));
            assertEquals(List.of(0x8F), peer.unsubscribe(2, filter));
        }
    }

    /** What follows the ShareName and its slash is the filter, all of it. */
    @ParameterizedTest
    @CsvSource({
        "$share/a/#, x/y, $x/y",
        "$share/a/+/y, x/y, y",
        "$share/a//x, /x, x",
        "$share/a//, /, a",
        "$share/a///, //, /",
        "$share/$a/x, x, $a/x",
        "$share/a b/x, x, 'a b/x'",
        "$share/\u00e4\u65e5/x, x, \u00e4\u65e5/x",
        "$share/a/$x, $x, x",
        "$share/a/$x/#, $x, x",
        "$share/a/x/$y, x/$y, x/y",
        "$share/$share/$share/x, $share/x, x",
        "$share/a/#, x, $x",
        "$share/a/+/y, x/y, $x/y",
        "$SHARE/a/x, $SHARE/a/x, x",
        "$shared/a/x, $shared/a/x, x",
        "$share, $share, x"
    })
    @Proves(v5 = {"MQTT-4.8.2-1", "MQTT-4.8.2-2", "MQTT-4.7.2-1"})
    void matchesByTheFilterBehindTheShareName(String filter, String matches, String doesNot) {
        try (Peer peer = connected();
                Peer publisher = connected()) {
            assertEquals(1, peer.subscribe(1, filter, 1));
            publisher.publish(0, doesNot, 0, "not this");
            publisher.publish(0x02, doesNot, 1, "nor this");
            publisher.publish(0x02, matches, 2, "this");
            assertEquals(matches, peer.nextPublish("this").topic());
            peer.expectQuiet();
            assertEquals(List.of(0x00), peer.unsubscribe(2, filter));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-4.8.2-1", choices = "shared-in-3.1.1")
    void givesEachMessageToOneMember(Protocol version) {
        int count = 90;
        try (Peer one = connected(version);
                Peer two = connected();
                Peer three = connected(Protocol.MQTT_3_1_1);
                Peer all = connected();
                Peer publisher = connected()) {
            List<Peer> members = List.of(one, two, three);
            for (Peer member : members) {
                assertEquals(2, member.subscribe(1, shared, 2));
                member.subscribe(2, topic + "/end", 0);
            }
            all.subscribe(1, topic, 0);
            for (int i = 0; i < count; i++) {
                int qos = i % 3;
                publisher.publish(qos << 1, topic, qos == 0 ? 0 : 1 + i, String.valueOf(i));
                if (qos > 0) {
                    publisher.next(qos == 1 ? PacketKind.PUBACK : PacketKind.PUBREC);
                }
            }
            publisher.publish(0, topic + "/end", 0, "end");
            TreeSet<String> seen = new TreeSet<>();
            for (Peer member : members) {
                for (Frame.Publish next = received(member); !next.text().equals("end"); next = received(member)) {
                    assertTrue(seen.add(next.text()), () -> "twice");
                    assertEquals(Integer.parseInt(next.text()) % 3, next.qos());
                }
            }
            assertEquals(count, seen.size());
            for (int i = 0; i < count; i++) {
                all.nextPublish(String.valueOf(i));
            }
        }
    }

    private static Frame.Publish received(Peer member) {
        return member.next(PacketKind.PUBLISH).publish();
    }

    /** A Shared Subscription is known by its ShareName and its filter together. */
    @Test
    @Proves(v5 = {"MQTT-4.8.2-1", "MQTT-3.8.4-3"})
    void givesEachGroupACopy() {
        String[] filters = {
            shared,
            "$share/" + group + "x/" + topic,
            "$share/" + group + "/" + topic + "/#",
            "$share/" + group + "/+",
            "$share/" + group.toUpperCase(Locale.ROOT) + "/" + topic
        };
        try (Peer one = connected();
                Peer two = connected();
                Peer publisher = connected()) {
            for (Peer member : List.of(one, two)) {
                for (int i = 0; i < filters.length; i++) {
                    member.request(subscribe(Protocol.MQTT_5, 1 + i)
                            .filter(filters[i], 1)
                            .subscriptionId(1 + i));
                }
                member.subscribe(9, "end/" + topic, 0);
            }
            publisher.publishAcknowledged(topic, 1, "copy");
            publisher.publish(0x02, "end/" + topic, 2, "end");
            List<Object> groups = new ArrayList<>();
            for (Peer member : List.of(one, two)) {
                for (Frame.Publish next = received(member); !next.text().equals("end"); next = received(member)) {
                    groups.addAll(next.properties().all(Property.SUBSCRIPTION_ID));
                }
            }
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L), groups.stream().sorted().toList());
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "0, 2", "1, 0", "1, 1", "1, 2", "2, 0", "2, 1", "2, 2"})
    @Proves(v5 = {"MQTT-4.8.2-3", "MQTT-3.8.4-8"})
    void keepsToTheQosThatTheMemberWasGranted(int granted, int qos) {
        try (Peer low = connected();
                Peer high = connected();
                Peer publisher = connected()) {
            low.subscribe(1, topic + "/end", 0);
            high.subscribe(1, topic + "/end", 0);
            assertEquals(granted, low.subscribe(1, shared, granted));
            publisher.publish(qos << 1, topic, qos == 0 ? 0 : 1, "alone");
            Frame.Publish alone = low.nextPublish("alone");
            assertEquals(Math.min(granted, qos), alone.qos());
            settle(low, alone);
            assertEquals(2, high.subscribe(1, shared, 2));
            int count = 20;
            for (int i = 0; i < count; i++) {
                publisher.publish(qos << 1, topic, qos == 0 ? 0 : 2 + i, "either");
            }
            publisher.publish(0x02, topic + "/end", 100, "end");
            int seen = 0;
            for (Peer member : List.of(low, high)) {
                int expected = Math.min(member == low ? granted : 2, qos);
                for (Frame.Publish next = received(member); !next.text().equals("end"); next = received(member)) {
                    assertEquals(expected, next.qos());
                    seen++;
                }
            }
            assertEquals(count, seen);
        }
    }

    /** As any other subscription: Retain As Published is not left out for shared ones. */
    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "2, false", "1, true", "2, true"})
    @Proves(v5 = {"MQTT-3.3.1-12", "MQTT-3.3.1-13"})
    void forwardsTheRetainFlagIfTheMemberWantsIt(int qos, boolean waits) {
        String with = BROKER.unique("with");
        String without = BROKER.unique("without");
        Peer asPublished = Peer.durable(BROKER, Protocol.MQTT_5, with);
        asPublished.subscribe(1, shared, 2 | SubscribePacket.RETAIN_AS_PUBLISHED);
        Peer cleared = Peer.durable(BROKER, Protocol.MQTT_5, without);
        cleared.subscribe(1, "$share/cleared/" + topic, 2);
        if (waits) {
            asPublished.disconnect();
            cleared.disconnect();
        }
        try (Peer publisher = connected()) {
            for (int retain = 0; retain <= 1; retain++) {
                publisher.publish(qos << 1 | retain, topic, qos == 0 ? 0 : 1 + retain, "flag " + retain);
                if (qos > 0) {
                    publisher.next();
                }
            }
        }
        if (waits) {
            BROKER.restart();
            asPublished = Peer.resumed(BROKER, Protocol.MQTT_5, with);
            cleared = Peer.resumed(BROKER, Protocol.MQTT_5, without);
        }
        for (int retain = 0; retain <= 1; retain++) {
            assertEquals(retain == 1, asPublished.nextPublish("flag " + retain).retain());
            assertFalse(cleared.nextPublish("flag " + retain).retain());
        }
        asPublished.close();
        cleared.close();
    }

    private static void settle(Peer peer, Frame.Publish publish) {
        if (publish.qos() == 1) {
            peer.acknowledge(PacketKind.PUBACK, publish.packetId());
        } else if (publish.qos() == 2) {
            peer.acknowledge(PacketKind.PUBREC, publish.packetId());
            peer.next(PacketKind.PUBREL);
            peer.acknowledge(PacketKind.PUBCOMP, publish.packetId());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = {"MQTT-3.8.4-3", "MQTT-4.8.2-3"})
    void replacesTheSubscriptionOfAMember(Protocol version) {
        try (Peer member = connected(version);
                Peer publisher = connected()) {
            int packetId = 0;
            for (int granted : new int[] {2, 0, 1}) {
                assertEquals(granted, member.subscribe(1, shared, granted));
                for (int i = 0; i < 3; i++) {
                    publisher.publish(0x04, topic, ++packetId, "once");
                    Frame.Publish once = member.nextPublish("once");
                    assertEquals(granted, once.qos());
                    settle(member, once);
                }
                member.expectQuiet();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.10.4-1", "MQTT-3.10.4-2"},
            v5 = {"MQTT-3.10.4-1", "MQTT-3.10.4-2"},
            choices = "no-matching-subscribers")
    void endsForTheMemberThatUnsubscribes(Protocol version) {
        try (Peer leaving = connected(version);
                Peer staying = connected(version);
                Peer publisher = connected()) {
            for (Peer member : List.of(leaving, staying)) {
                member.subscribe(1, shared, 1);
                member.subscribe(2, topic + "/end", 0);
            }
            leaving.unsubscribe(3, topic, "$share/other/" + topic, "$share/" + group + "/+");
            assertEquals(version == Protocol.MQTT_5 ? List.of(0x00) : List.of(), leaving.unsubscribe(4, shared));
            for (int i = 0; i < 10; i++) {
                assertEquals(0x00, publisher.publishAcknowledged(topic, 1, "to " + i));
                Frame.Publish next = staying.nextPublish("to " + i);
                staying.acknowledge(PacketKind.PUBACK, next.packetId());
            }
            publisher.publish(0x02, topic + "/end", 2, "end");
            publisher.next(PacketKind.PUBACK);
            leaving.nextPublish("end");
            staying.nextPublish("end");
            staying.unsubscribe(5, shared);
            assertEquals(0x10, publisher.publishAcknowledged(topic, 3, "to nobody"));
            // what came while there was no subscription waits for nobody
            leaving.subscribe(6, shared, 1);
            publisher.publishAcknowledged(topic, 4, "again");
            leaving.nextPublish("again");
            leaving.expectQuiet();
        }
    }
}
