package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Topic Names and Topic Filters [4.7]. */
@Timeout(120)
class TopicsTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int LONGEST = 65_535;

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    @Test
    @Proves(v5 = "MQTT-4.7.2-1")
    void keepsDollarTopicsFromSharedSubscriptionsThatBeginWithAWildcard() {
        String name = BROKER.unique("$shared");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("sharing"))) {
            assertEquals(0, peer.subscribe(1, "$share/g/#", 0));
            assertEquals(0, peer.subscribe(2, "$share/g/+/x", 0));
            peer.publish(0, name + "/x", 0, "not this one");
            assertEquals(0, peer.subscribe(3, "$share/g/" + name + "/x", 0));
            peer.publish(0, name + "/x", 0, "this one");
            peer.nextPublish("this one");
            peer.expectQuiet();
        }
    }

    private static final List<String> WITH_WILDCARDS =
            List.of("#", "+", "a/#", "a/+", "+/a", "a+", "a#", "#a", "a/+/b", "/#", "a/b+c", "$SYS/#");

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.7.1-1", "MQTT-3.3.2-2", "MQTT-4.8.0-1"},
            v5 = {"MQTT-4.7.0-1", "MQTT-3.3.2-2", "MQTT-4.13.2-1"},
            choices = "invalid-topic-name")
    void refusesWildcardsInTopicNames(Protocol version) {
        for (String name : WITH_WILDCARDS) {
            for (int flags = 0; flags <= 4; flags += 2) {
                try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("wild"))) {
                    peer.publish(flags, name, flags == 0 ? 0 : 1, "x");
                    peer.expectDisconnect(0x90);
                }
            }
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(new ConnectPacket(version, BROKER.unique("wild"))
                        .will(name, "bye", 0, false)
                        .bytes());
                expectRefusal(peer, 0x90);
            }
        }
    }

    private static void expectRefusal(Peer peer, int reasonCode) {
        if (peer.version() == Protocol.MQTT_5) {
            peer.expectRefusal(reasonCode);
        } else {
            peer.expectClosed();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.7.3-1", "MQTT-4.8.0-1"},
            v5 = {"MQTT-4.7.3-1", "MQTT-4.13.1-1"},
            choices = "invalid-topic-name")
    void refusesAnEmptyTopicName(Protocol version) {
        for (int flags = 0; flags <= 4; flags += 2) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("empty"))) {
                peer.publish(flags, "", flags == 0 ? 0 : 1, "x");
                peer.expectDisconnect(0x82);
            }
        }
        try (Peer peer = Peer.open(BROKER, version)) {
            peer.send(new ConnectPacket(version, BROKER.unique("empty"))
                    .will("", "bye", 0, false)
                    .bytes());
            expectRefusal(peer, 0x90);
        }
    }

    private static final List<String> BAD_FILTERS = List.of(
            "",
            "a#",
            "a/b#",
            "#a",
            "#/",
            "#/a",
            "a/#/b",
            "a/#/",
            "##",
            "#+",
            "+#",
            "a+",
            "+a",
            "a/+b",
            "a/b+/c",
            "++",
            "+/a+",
            "a/++/b",
            "/#/#",
            "+/#/+",
            "$share/g/a#",
            "$share/g/#/a",
            "$share/g/a+");

    /** In 3.1.1 no rule of the specification forbids them, so they only fail there: see SharedSubscriptionTest. */
    private static final List<String> BAD_SHARES =
            List.of("$share/g/", "$share//a", "$share/g", "$share/", "$share/+/a", "$share/#/a", "$share/g+/a");

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-4.7.3-1", "MQTT-4.8.0-1"},
            v5 = {"MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.3-1", "MQTT-4.8.2-1", "MQTT-4.8.2-2"},
            choices = "invalid-topic-filter")
    void refusesFiltersThatAreNotAllowed(Protocol version) {
        byte[] none = Peer.properties(version);
        List<String> filters = new ArrayList<>(BAD_FILTERS);
        if (version == Protocol.MQTT_5) {
            filters.addAll(BAD_SHARES);
        }
        for (String filter : filters) {
            byte[] subscribe =
                    packet(0x82, u16(1), none, text("good"), u8(0), text(filter), u8(0), text("fine"), u8(1));
            byte[] unsubscribe = packet(0xA2, u16(2), none, text("good"), text(filter), text("fine"));
            if (version == Protocol.MQTT_5) {
                try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("filter"))) {
                    peer.send(subscribe);
                    assertEquals(
                            List.of(0, 0x8F, 1),
                            peer.next(PacketKind.SUBACK).codes().reasonCodes(),
                            filter);
                    peer.send(unsubscribe);
                    assertEquals(
                            List.of(0, 0x8F, 0),
                            peer.next(PacketKind.UNSUBACK).codes().reasonCodes(),
                            filter);
                }
            } else {
                for (byte[] packet : List.of(subscribe, unsubscribe)) {
                    try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("filter"))) {
                        peer.send(packet);
                        peer.expectClosed();
                    }
                }
            }
        }
    }

    /** Names and filters as long as two bytes can say; of one level, of as many as there may be, and of some that are long. */
    private static Stream<Arguments> longest() {
        String slashes = "/".repeat(LONGEST);
        String text = "t".repeat(LONGEST);
        String pairs = "ab/".repeat(LONGEST / 3);
        List<Arguments> all = new ArrayList<>();
        for (Protocol version : Protocol.values()) {
            all.add(Arguments.of(version, text, text));
            all.add(Arguments.of(version, text, "+"));
            all.add(Arguments.of(version, "long/" + text.substring(5), "long/+"));
            all.add(Arguments.of(version, slashes, slashes));
            all.add(Arguments.of(version, slashes, "/#"));
            all.add(Arguments.of(version, "/".repeat(LONGEST / 2), "+/".repeat(LONGEST / 2) + "+"));
            all.add(Arguments.of(version, "/".repeat(LONGEST / 2 + 5), "+/".repeat(LONGEST / 2) + "#"));
            all.add(Arguments.of(version, pairs, pairs));
            all.add(Arguments.of(version, pairs, "ab/+/" + pairs.substring(6, 30_000) + "#"));
            all.add(Arguments.of(version, "\u20AC".repeat(LONGEST / 3), "\u20AC".repeat(LONGEST / 3)));
        }
        return all.stream();
    }

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("longest")
    @Proves(v311 = "MQTT-4.7.3-3", v5 = "MQTT-4.7.3-3", choices = "topic-levels")
    void takesTopicsOfAllLengthsAndDepths(Protocol version, String name, String filter) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("long"))) {
            assertEquals(1, peer.subscribe(1, filter, 1));
            peer.publish(0x03, name, 7, "retained");
            List<Frame> both = List.of(peer.next(), peer.next());
            Frame.Publish live = both.stream()
                    .filter(frame -> frame.kind() == PacketKind.PUBLISH)
                    .findFirst()
                    .orElseThrow()
                    .publish();
            assertEquals(name, live.topic());
            peer.acknowledge(PacketKind.PUBACK, live.packetId());
            // and from the store
            assertEquals(1, peer.subscribe(2, filter, 1));
            Frame.Publish retained = peer.nextPublish("retained");
            assertEquals(name, retained.topic());
            peer.acknowledge(PacketKind.PUBACK, retained.packetId());
            peer.send(packet(0xA2, u16(3), Peer.properties(version), text(filter)));
            assertEquals(3, peer.next(PacketKind.UNSUBACK).codes().packetId());
            peer.publish(0x01, name, 0, "");
            peer.expectQuiet();
        }
    }

    /** A session that is away keeps such a subscription and such a message, also while the broker is. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-4.7.3-3", v5 = "MQTT-4.7.3-3")
    void keepsTheLongestTopics(Protocol version) {
        String name = "n".repeat(65_530) + BROKER.unique("a");
        String longest = name + "n".repeat(LONGEST - name.length());
        ConnectPacket connect = new ConnectPacket(version, BROKER.unique("away")).durable();
        try (Peer peer = Peer.connected(BROKER, version, connect)) {
            assertEquals(1, peer.subscribe(1, longest, 1));
            peer.disconnect();
        }
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("publisher"))) {
            peer.publishAcknowledged(longest, 1, "stored");
        }
        try (Peer peer = Peer.connected(BROKER, version, connect)) {
            assertEquals(longest, peer.nextPublish("stored").topic());
        }
    }

    /** A filter of many wildcard levels must not cost more than it weighs, whatever is published. */
    @ParameterizedTest
    @EnumSource
    @Proves(choices = "topic-levels")
    void staysQuickWithManyDeepFilters(Protocol version) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("deep"))) {
            for (int i = 1; i <= 60; i++) {
                peer.subscribe(i, "+/".repeat(i) + "a/" + "+/a/".repeat(30 - i / 2) + "#", 0);
            }
            for (int i = 0; i < 200; i++) {
                peer.publish(0, "a/".repeat(200) + i, 0, "x");
            }
            for (int i = 0; i < 200; i++) {
                peer.nextPublish("x");
            }
            peer.expectQuiet();
        }
    }

    @Test
    @Proves(choices = "shared-in-3.1.1")
    void sharesSubscriptionsOfOldClients() {
        String topic = BROKER.unique("shared");
        try (Peer one = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("one"));
                Peer two = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("two"))) {
            assertEquals(0, one.subscribe(1, "$share/old/" + topic, 0));
            assertEquals(0, two.subscribe(1, "$share/old/" + topic, 0));
            one.publish(0, topic, 0, "first");
            one.publish(0, topic, 0, "second");
            List<String> got = new ArrayList<>();
            got.add(one.next(PacketKind.PUBLISH).publish().text());
            got.add(two.next(PacketKind.PUBLISH).publish().text());
            assertEquals(List.of("first", "second"), got.stream().sorted().toList());
            one.expectQuiet();
            two.expectQuiet();
        }
    }
}
