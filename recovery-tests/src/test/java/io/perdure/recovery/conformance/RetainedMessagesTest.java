package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is retained, and how it gets to those who subscribe later. */
@Timeout(60)
class RetainedMessagesTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String base = BROKER.unique("base");
    private int packetId;

    private static Peer connected(Protocol version) {
        return Peer.connected(BROKER, version, BROKER.unique("client"));
    }

    /** Publishes as one who is gone before anybody subscribes. */
    private void publish(int qos, boolean retain, String topic, String payload, byte[]... properties) {
        try (Peer publisher = connected(Protocol.MQTT_5)) {
            publisher.publish(qos << 1 | (retain ? 1 : 0), topic, qos == 0 ? 0 : ++packetId, payload, properties);
            if (qos == 0) {
                publisher.publish(0x02, BROKER.unique("after"), ++packetId, ""); // until it is in the log
            }
            publisher.next(qos == 2 ? PacketKind.PUBREC : PacketKind.PUBACK);
        }
    }

    private void retain(String topic, String payload) {
        publish(1, true, topic, payload);
    }

    /** Subscribes anew and gives what is retained: payloads by topic. */
    private Map<String, String> retained(Protocol version, String filter) {
        TreeMap<String, String> found = new TreeMap<>();
        String end = BROKER.unique("end");
        retain(end, "end");
        try (Peer peer = connected(version)) {
            // replays are done one after the other
            peer.request(subscribe(version, 1).filter(filter, 0).filter(end, 0));
            for (Frame.Publish next = peer.next(PacketKind.PUBLISH).publish();
                    !next.topic().equals(end);
                    next = peer.next(PacketKind.PUBLISH).publish()) {
                assertTrue(next.retain());
                assertEquals(null, found.put(next.topic(), next.text()), "twice");
            }
        }
        retain(end, "");
        return found;
    }

    private Map<String, String> retained(String filter) {
        return retained(Protocol.MQTT_5, filter);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.1-5", "MQTT-3.3.1-6", "MQTT-3.3.1-8", "MQTT-3.8.4-6"},
            v5 = {"MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT-3.8.4-8"},
            choices = "retained-qos0")
    void areStoredWithTheirQosAndComeAtTheLowerOfTheTwo(Protocol version) {
        for (int qos = 0; qos <= 2; qos++) {
            publish(qos, true, base + "/" + qos, "at " + qos);
        }
        for (int granted = 0; granted <= 2; granted++) {
            try (Peer peer = connected(version)) {
                for (int qos = 0; qos <= 2; qos++) {
                    peer.subscribe(1 + qos, base + "/" + qos, granted);
                    Frame.Publish retained = peer.nextPublish("at " + qos);
                    assertEquals(Math.min(qos, granted), retained.qos());
                    assertTrue(retained.retain());
                    assertFalse(retained.dup());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 1", "1, 0", "1, 2", "2, 0", "2, 1"})
    @Proves(
            v311 = {"MQTT-3.3.1-5", "MQTT-3.3.1-7"},
            v5 = "MQTT-3.3.1-5")
    void takeThePlaceOfEarlierOnes(int firstQos, int secondQos) {
        publish(firstQos, true, base, "old");
        publish(secondQos, true, base, "new");
        assertEquals(Map.of(base, "new"), retained(base));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @Proves(v311 = "MQTT-3.3.1-12", v5 = "MQTT-3.3.1-8")
    void areLeftAloneByWhatIsNotRetained(int qos) {
        publish(qos, false, base, "never retained");
        assertTrue(retained(base).isEmpty());
        publish(qos, true, base, "kept");
        publish(qos, false, base, "passing");
        publish(qos, false, base, "");
        assertEquals("kept", retained(base).get(base));
    }

    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 0", "MQTT_3_1_1, 1", "MQTT_3_1_1, 2", "MQTT_5, 0", "MQTT_5, 1", "MQTT_5, 2"})
    @Proves(
            v311 = {"MQTT-3.3.1-10", "MQTT-3.3.1-11"},
            v5 = {"MQTT-3.3.1-6", "MQTT-3.3.1-7"})
    void areRemovedByAnEmptyPayloadWhichIsDelivered(Protocol version, int qos) {
        try (Peer peer = connected(version)) {
            peer.subscribe(1, base + "/#", 2);
            publish(qos, true, base + "/never", "");
            assertEquals(base + "/never", peer.nextPublish("").topic());
            publish(1, true, base + "/x", "kept");
            peer.nextPublish("kept");
            publish(qos, true, base + "/x", "");
            Frame.Publish empty = peer.nextPublish("");
            assertEquals(0, empty.payload().length);
            assertEquals(qos, empty.qos());
            assertFalse(empty.retain());
        }
        assertTrue(retained(version, base + "/#").isEmpty());
        BROKER.restart();
        assertTrue(retained(version, base + "/#").isEmpty());
    }

    @Test
    @Proves(v5 = {"MQTT-3.3.1-5", "MQTT-3.3.1-9"})
    void keepTheirProperties() {
        byte[][] properties = {
            property8(Property.PAYLOAD_FORMAT, 1),
            propertyText(Property.CONTENT_TYPE, "text"),
            propertyText(Property.RESPONSE_TOPIC, "answer"),
            Bytes.join(Bytes.u8(Property.CORRELATION_DATA), Bytes.binary(new byte[] {0, 1, 2})),
            userProperty("b", "1"),
            userProperty("a", "2"),
            userProperty("b", "1")
        };
        publish(1, true, base, "kept", properties);
        BROKER.restart();
        try (Peer peer = connected(Protocol.MQTT_5)) {
            peer.subscribe(1, base, 1);
            Frame.Properties kept = peer.nextPublish("kept").properties();
            assertEquals(1, kept.number(Property.PAYLOAD_FORMAT));
            assertEquals("text", kept.text(Property.CONTENT_TYPE));
            assertEquals("answer", kept.text(Property.RESPONSE_TOPIC));
            assertEquals("000102", kept.text(Property.CORRELATION_DATA));
            assertEquals(
                    List.of(new Frame.Pair("b", "1"), new Frame.Pair("a", "2"), new Frame.Pair("b", "1")),
                    kept.all(Property.USER));
            assertEquals(5, kept.values().size());
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.3.2-5", "MQTT-3.3.2-6"},
            choices = "retained-expiry")
    void comeWithWhatIsLeftOfTheirExpiryAndNotAfterIt() {
        publish(1, true, base, "fresh", property32(Property.MESSAGE_EXPIRY, 100));
        for (int age : new int[] {0, 30, 60}) {
            if (age > 0) {
                BROKER.advance(Duration.ofSeconds(30));
            }
            try (Peer peer = connected(Protocol.MQTT_5)) {
                peer.subscribe(1, base, 1);
                Frame.Publish fresh = peer.nextPublish("fresh");
                long left = fresh.properties().number(Property.MESSAGE_EXPIRY);
                assertTrue(left <= 100 - age && left > 75 - age, left + " s left after " + age);
            }
        }
        try (Peer peer = connected(Protocol.MQTT_3_1_1)) {
            peer.subscribe(1, base, 1);
            peer.nextPublish("fresh");
        }
        BROKER.advance(Duration.ofSeconds(41));
        assertTrue(retained(base).isEmpty());
        BROKER.restart();
        assertTrue(retained(base).isEmpty());
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = {"MQTT-3.3.1-6", "MQTT-4.7.2-1", "MQTT-3.8.3-2"},
            v5 = {"MQTT-3.3.1-9", "MQTT-4.7.2-1"})
    void areFoundByEveryFilterThatMatches(Protocol version) {
        String[] below = {"", "/a", "/a/x", "/b", "/b/x", "//x", "/a/", "/a/b/x", "/$x", "/A"};
        for (String levels : below) {
            retain(base + levels, "at" + levels);
        }
        retain("/" + base, "first level empty");
        retain("$" + base, "dollar");
        retain("$" + base + "/a", "dollar a");
        expect(version, base, "");
        expect(version, base + "/#", below);
        expect(version, base + "/+", "/a", "/b", "/$x", "/A");
        expect(version, base + "/+/x", "/a/x", "/b/x", "//x");
        expect(version, base + "/+/", "/a/");
        expect(version, base + "/+/#", "/a", "/a/x", "/b", "/b/x", "//x", "/a/", "/a/b/x", "/$x", "/A");
        expect(version, base + "/a/#", "/a", "/a/x", "/a/", "/a/b/x");
        expect(version, base + "/a/+", "/a/x", "/a/");
        expect(version, base + "/a/+/x", "/a/b/x");
        expect(version, base + "/$x", "/$x");
        expect(version, base + "/a/b/x/#", "/a/b/x");
        expect(version, base + "/a/b");
        expect(version, "/" + base, "first level empty");
        expect(version, "/+", "first level empty");
        expect(version, "$" + base + "/#", "dollar", "dollar a");
        expect(version, "$" + base + "/+", "dollar a");
        assertFalse(retained(version, "#").containsKey("$" + base));
        assertFalse(retained(version, "+").containsKey("$" + base));
        assertFalse(retained(version, "+/a").containsKey("$" + base + "/a"));
        assertEquals("first level empty", retained(version, "+/" + base).get("/" + base));
        assertTrue(retained(version, "+/+/x").containsKey(base + "//x"));
        for (String levels : below) {
            retain(base + levels, "");
        }
        retain("/" + base, "");
    }

    private void expect(Protocol version, String filter, String... levels) {
        TreeSet<String> expected = new TreeSet<>();
        for (String level : levels) {
            expected.add(level.isEmpty() || level.startsWith("/") ? "at" + level : level);
        }
        assertEquals(expected, new TreeSet<>(retained(version, filter).values()), filter);
    }

    /** All of them, to each subscriber at its own pace, and never more at a time than it takes. */
    @ParameterizedTest
    @CsvSource({"MQTT_3_1_1, 65535", "MQTT_5, 1", "MQTT_5, 7", "MQTT_5, 65535"})
    @Proves(
            v311 = "MQTT-3.3.1-6",
            v5 = {"MQTT-3.3.1-9", "MQTT-3.3.4-9"})
    void comeAllOfAThousandAtThePaceOfTheSubscriber(Protocol version, int receiveMaximum) {
        int count = 1000;
        retainMany(count);
        ConnectPacket connect = new ConnectPacket(version, BROKER.unique("slow"))
                .properties(property16(Property.RECEIVE_MAXIMUM, receiveMaximum));
        try (Peer peer = Peer.connected(BROKER, version, connect)) {
            assertEquals(1, peer.subscribe(1, base + "/+", 1));
            TreeSet<String> topics = new TreeSet<>();
            while (topics.size() < count) {
                int batch = Math.min(receiveMaximum, count - topics.size());
                int[] open = new int[batch];
                for (int i = 0; i < batch; i++) {
                    Frame.Publish retained = peer.next(PacketKind.PUBLISH).publish();
                    assertTrue(retained.retain());
                    assertTrue(topics.add(retained.topic()), "twice");
                    open[i] = retained.packetId();
                }
                peer.expectQuiet();
                for (int id : open) {
                    peer.acknowledge(PacketKind.PUBACK, id);
                }
            }
        }
    }

    /** Large messages of QoS 0 too: none is dropped because its subscriber does not read, and others do not wait. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Proves(v5 = "MQTT-3.3.1-9")
    void comeAllToOneWhoDoesNotReadForAWhile(int qos) {
        int count = 300;
        String large = "x".repeat(65_536);
        try (Peer publisher = connected(Protocol.MQTT_3_1_1)) {
            for (int i = 0; i < count; i++) {
                publisher.publish(qos << 1 | 1, base + "/" + i, qos == 0 ? 0 : 1 + i, large);
            }
            publisher.publish(0x02, base, 1000, "until they are in the log");
            for (int i = 0; i < (qos == 0 ? 1 : count + 1); i++) {
                publisher.next(PacketKind.PUBACK);
            }
        }
        try (Peer slow = connected(Protocol.MQTT_3_1_1);
                Peer quick = connected(Protocol.MQTT_3_1_1)) {
            for (Peer peer : List.of(slow, quick)) {
                peer.send(subscribe(Protocol.MQTT_3_1_1, 1)
                        .filter(base + "/+", qos)
                        .bytes());
            }
            for (Peer peer : List.of(quick, slow)) {
                peer.next(PacketKind.SUBACK);
                TreeSet<String> topics = new TreeSet<>();
                for (int i = 0; i < count; i++) {
                    Frame.Publish retained = peer.nextPublish(large);
                    assertTrue(topics.add(retained.topic()), "twice");
                    if (qos > 0) {
                        peer.acknowledge(PacketKind.PUBACK, retained.packetId());
                    }
                }
            }
        }
        try (Peer publisher = connected(Protocol.MQTT_3_1_1)) {
            for (int i = 0; i < count; i++) {
                publisher.publish(0x01, base + "/" + i, 0, "");
            }
            publisher.expectQuiet();
        }
    }

    private void retainMany(int count) {
        try (Peer publisher = connected(Protocol.MQTT_3_1_1)) {
            for (int i = 0; i < count; i++) {
                publisher.publish(0x03, base + "/" + i, 1 + i, "old " + i);
            }
            for (int i = 0; i < count; i++) {
                publisher.next(PacketKind.PUBACK);
            }
        }
    }

    /** Half of them are replaced while they are on their way: nobody ends with the old one, and no old one comes after a new one. */
    @Test
    @Proves(v5 = {"MQTT-3.3.1-5", "MQTT-3.3.1-9", "MQTT-4.6.0-5"})
    void endWithTheNewestIfTheyAreReplacedWhileTheyAreSent() {
        int count = 1000;
        retainMany(count);
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("slow"))
                .properties(property16(Property.RECEIVE_MAXIMUM, 20));
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect);
                Peer publisher = connected(Protocol.MQTT_3_1_1)) {
            peer.send(subscribe(Protocol.MQTT_5, 1).filter(base + "/#", 1).bytes());
            for (int i = 0; i < count; i += 2) {
                publisher.publish(0x03, base + "/" + i, 1 + i, "new " + i);
            }
            peer.next(PacketKind.SUBACK);
            publisher.publish(0x02, base, 65_000, "end");
            TreeMap<String, String> last = new TreeMap<>();
            Frame.Publish next = peer.next(PacketKind.PUBLISH).publish();
            while (!next.text().equals("end")) {
                assertTrue(next.retain() || next.text().startsWith("new"));
                String before = last.put(next.topic(), next.text());
                assertTrue(before == null || next.text().startsWith("new"), () -> "after " + before);
                peer.acknowledge(PacketKind.PUBACK, next.packetId());
                next = peer.next(PacketKind.PUBLISH).publish();
            }
            peer.acknowledge(PacketKind.PUBACK, next.packetId());
            while (last.size() < count) {
                next = peer.next(PacketKind.PUBLISH).publish();
                assertTrue(next.retain());
                assertEquals(null, last.put(next.topic(), next.text()));
                peer.acknowledge(PacketKind.PUBACK, next.packetId());
            }
            for (int i = 0; i < count; i++) {
                assertEquals((i % 2 == 0 ? "new " : "old ") + i, last.get(base + "/" + i));
            }
        }
    }

    /** What the client has not taken yet when it leaves waits for it, also over a restart. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.3.1-6", v5 = "MQTT-3.3.1-9")
    void waitForADurableSubscriberThatLeaves(Protocol version) {
        retainMany(100);
        String clientId = BROKER.unique("leaves");
        TreeSet<String> topics = new TreeSet<>();
        try (Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, clientId).durable())) {
            peer.subscribe(1, base + "/+", 1);
            for (int i = 0; i < 3; i++) {
                Frame.Publish retained = peer.next(PacketKind.PUBLISH).publish();
                topics.add(retained.topic());
                peer.acknowledge(PacketKind.PUBACK, retained.packetId());
            }
            peer.leave();
        }
        BROKER.restart();
        try (Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, clientId).durable())) {
            while (topics.size() < 100) {
                Frame.Publish retained = peer.next(PacketKind.PUBLISH).publish();
                assertTrue(retained.retain());
                assertTrue(topics.add(retained.topic()), "twice");
                peer.acknowledge(PacketKind.PUBACK, retained.packetId());
            }
            peer.expectQuiet();
        }
    }
}
