package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_AS_PUBLISHED;
import static io.perdure.recovery.conformance.SubscribePacket.RETAIN_NEVER;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A SUBSCRIBE with a filter that the client has already. */
@Timeout(60)
class RepeatedSubscriptionTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("repeated");

    private static Peer connected(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("repeats"));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.8.4-3", "MQTT-3.8.4-6"},
            v5 = {"MQTT-3.8.4-3", "MQTT-3.8.4-8"})
    void replacesTheQosAndBringsOneCopy(Protocol version) {
        try (Peer peer = connected(version);
                Peer publisher = connected(Protocol.MQTT_5)) {
            int packetId = 0;
            for (int granted : new int[] {2, 0, 1, 2, 1, 0}) {
                assertEquals(granted, peer.subscribe(1, topic, granted));
                for (int qos = 0; qos <= 2; qos++) {
                    publisher.publish(qos << 1, topic, qos == 0 ? 0 : ++packetId, "at " + qos);
                    Frame.Publish copy = peer.nextPublish("at " + qos);
                    assertEquals(Math.min(qos, granted), copy.qos());
                    settle(peer, copy);
                }
                peer.expectQuiet();
            }
            peer.subscribe(2, topic + "/marker", 0);
            peer.unsubscribe(3, topic);
            publisher.publish(0, topic, 0, "to nobody");
            publisher.publish(0, topic + "/marker", 0, "marker");
            peer.nextPublish("marker");
        }
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
    @Proves(
            v311 = {"MQTT-3.8.4-3", "MQTT-3.3.1-6", "MQTT-3.3.1-8"},
            v5 = {"MQTT-3.8.4-3", "MQTT-3.8.4-4", "MQTT-3.3.1-9"})
    void bringsTheRetainedMessagesAgain(Protocol version) {
        try (Peer peer = connected(version)) {
            for (String level : new String[] {"/a", "/b"}) {
                peer.publish(0x01, topic + level, 0, "retained" + level);
            }
            for (int repeat = 0; repeat < 3; repeat++) {
                assertEquals(repeat, peer.subscribe(1 + repeat, topic + "/+", repeat));
                assertTrue(peer.nextPublish("retained/a").retain());
                assertTrue(peer.nextPublish("retained/b").retain());
            }
            peer.expectQuiet();
        }
    }

    /**
     * The subscriber repeats its SUBSCRIBE all the time, with other options, while another client publishes: everything
     * comes, once and in order.
     */
    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 0", "MQTT_3_1_1, 1", "MQTT_3_1_1, 2", "MQTT_5, 0", "MQTT_5, 1", "MQTT_5, 2"})
    @Proves(
            v311 = "MQTT-3.8.4-3",
            v5 = {"MQTT-3.8.4-3", "MQTT-3.8.4-4"})
    void losesNothingOfTheFlow(Protocol version, int qos) {
        int rounds = 100;
        int perRound = 10;
        try (Peer peer = connected(version);
                Peer publisher = connected(Protocol.MQTT_3_1_1)) {
            String filter = topic + "/#";
            peer.subscribe(1, filter, 2);
            for (int round = 0; round < rounds; round++) {
                ByteArrayOutputStream messages = new ByteArrayOutputStream();
                for (int i = 0; i < perRound; i++) {
                    int packetId = qos == 0 ? 0 : 1 + round * perRound + i;
                    String payload = String.valueOf(round * perRound + i);
                    messages.writeBytes(publisher.publishPacket(qos << 1, topic + "/flow", packetId, payload));
                }
                publisher.send(messages.toByteArray());
                peer.send(subscribe(version, 2 + round)
                        .filter(filter, options(version, qos, round))
                        .bytes());
            }
            int next = 0;
            int acknowledged = 0;
            while (next < rounds * perRound || acknowledged < rounds) {
                Frame frame = peer.next();
                if (frame.kind() == PacketKind.SUBACK) {
                    assertEquals(2 + acknowledged++, frame.codes().packetId());
                } else if (frame.kind() == PacketKind.PUBLISH) {
                    Frame.Publish publish = frame.publish();
                    assertEquals(String.valueOf(next++), publish.text());
                    assertFalse(publish.dup());
                    if (publish.qos() > 0) {
                        PacketKind answer = publish.qos() == 1 ? PacketKind.PUBACK : PacketKind.PUBREC;
                        peer.acknowledge(answer, publish.packetId());
                    }
                } else {
                    peer.acknowledge(PacketKind.PUBCOMP, frame.ack().packetId());
                }
            }
        }
    }

    /** Options that change with each round, but never bring QoS 1 and 2 down to 0, which may overtake them. */
    private static int options(Protocol version, int qos, int round) {
        int granted = qos == 0 ? round % 3 : 1 + round % 2;
        int more = (round & 4) == 0 ? RETAIN_NEVER : RETAIN_NEVER | RETAIN_AS_PUBLISHED;
        return version == Protocol.MQTT_5 ? granted | more : granted;
    }

    /** Subscriptions differ if their filters do, and only then. */
    @Test
    @Proves(v5 = {"MQTT-3.8.4-3", "MQTT-4.7.3-4"})
    void replacesOnlyTheSameFilter() {
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.subscribe(1, topic + "/+", 0, Bytes.hex("0b 01"));
            peer.subscribe(2, topic + "/#", 0, Bytes.hex("0b 02"));
            peer.subscribe(3, topic + "/x", 0, Bytes.hex("0b 03"));
            peer.subscribe(4, topic.toUpperCase(Locale.ROOT) + "/x", 0, Bytes.hex("0b 04"));
            peer.subscribe(5, topic + "/x/", 0, Bytes.hex("0b 05"));
            peer.publish(0, topic + "/x", 0, "three match");
            Frame.Publish publish = peer.nextPublish("three match");
            assertEquals(3, publish.properties().all(Property.SUBSCRIPTION_ID).size());
            peer.expectQuiet();
        }
    }
}
