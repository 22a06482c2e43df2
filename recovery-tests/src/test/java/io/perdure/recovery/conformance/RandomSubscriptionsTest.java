package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.SubscribePacket.subscribe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.topic.TopicFilter;
import io.perdure.protocol.topic.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Subscriptions as they come, in all their options, and after each step every client has exactly the copies that the
 * specification gives it: their QoS, their RETAIN flag and their Subscription Identifiers. Of what comes by a Shared
 * Subscription one member has a copy, whichever it is.
 */
@Timeout(120)
class RandomSubscriptionsTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int STEPS = 150;
    private static final List<String> TOPICS = List.of("a", "a/b", "a/b/c", "/a", "a/", "b", "$a", "a//c");
    private static final List<String> FILTERS =
            List.of("a", "a/b", "a/+", "a/#", "#", "+", "+/b", "+/+/c", "$a", "$a/#", "/+", "a/+/c", "a/", "b", "b/#");

    private record Subscription(int options, int id) {
        int qos() {
            return options & 3;
        }

        boolean noLocal() {
            return (options & SubscribePacket.NO_LOCAL) != 0;
        }

        boolean asPublished() {
            return (options & SubscribePacket.RETAIN_AS_PUBLISHED) != 0;
        }
    }

    private record Retained(String payload, int qos, Client publisher) {}

    private static final class Client {
        final Peer peer;
        final String end;
        final Map<String, Subscription> subscriptions = new TreeMap<>();
        final Map<String, Subscription> shared = new TreeMap<>();
        int packetId;

        Client(Protocol version) {
            String name = BROKER.unique("client");
            end = "end/" + name;
            peer = Peer.connected(BROKER, version, name);
            peer.subscribe(1, end, 0);
            peer.publish(0x01, end + "/retained", 0, "end");
        }

        int nextPacketId() {
            packetId = packetId % 60_000 + 1;
            return packetId;
        }
    }

    private final String base = BROKER.unique("base") + "/";
    private final List<Client> clients = new ArrayList<>();
    private final Map<String, Retained> retained = new TreeMap<>();
    private Random random = new Random();
    private int lastSharedId = 1000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Proves(
            v311 = {"MQTT-3.3.5-1", "MQTT-3.8.4-3", "MQTT-3.8.4-6", "MQTT-3.10.4-2", "MQTT-3.3.1-6", "MQTT-3.3.1-9"},
            v5 = {
                "MQTT-3.3.1-9",
                "MQTT-3.3.1-10",
                "MQTT-3.3.1-11",
                "MQTT-3.3.1-12",
                "MQTT-3.3.1-13",
                "MQTT-3.3.4-2",
                "MQTT-3.3.4-4",
                "MQTT-3.8.3-3",
                "MQTT-3.8.4-3",
                "MQTT-3.8.4-8",
                "MQTT-3.10.4-2",
                "MQTT-4.8.2-3"
            })
    void giveEachClientWhatTheyShould(long seed) {
        System.out.println("seed " + seed);
        random = new Random(seed);
        for (Protocol version : List.of(Protocol.MQTT_5, Protocol.MQTT_5, Protocol.MQTT_3_1_1)) {
            clients.add(new Client(version));
        }
        String step = "";
        try {
            for (int i = 0; i < STEPS; i++) {
                Client client = clients.get(random.nextInt(clients.size()));
                int kind = random.nextInt(12);
                step = i + ", kind " + kind;
                if (kind < 3) {
                    subscribeSome(client);
                } else if (kind < 4) {
                    unsubscribeSome(client);
                } else if (kind < 5 && client.peer.version() == Protocol.MQTT_5) {
                    share(client);
                } else if (kind < 6 && !client.shared.isEmpty()) {
                    leaveShared(client);
                } else {
                    publish(client, i);
                }
            }
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ", step " + step + ": " + e.getMessage(), e);
        } finally {
            clients.forEach(client -> client.peer.close());
        }
    }

    /** One filter, with an identifier of its own, by which copies that come by it are known. */
    private void share(Client client) {
        String filter = "$share/" + (random.nextBoolean() ? "one/" : "two/") + filter();
        int options = random.nextInt(3) | (random.nextBoolean() ? SubscribePacket.RETAIN_AS_PUBLISHED : 0);
        Subscription subscription = new Subscription(options, ++lastSharedId);
        client.shared.put(filter, subscription);
        SubscribePacket packet = subscribe(Protocol.MQTT_5, client.nextPacketId())
                .filter(filter, options)
                .subscriptionId(subscription.id);
        assertEquals(List.of(options & 3), request(client, packet));
    }

    private void leaveShared(Client client) {
        String filter = List.copyOf(client.shared.keySet()).get(random.nextInt(client.shared.size()));
        client.shared.remove(filter);
        SubscribePacket packet = SubscribePacket.unsubscribe(Protocol.MQTT_5, client.nextPacketId())
                .filter(filter);
        assertEquals(List.of(0x00), request(client, packet));
    }

    private String filter() {
        String filter = FILTERS.get(random.nextInt(FILTERS.size()));
        return filter.startsWith("$") ? "$" + base + filter : base + filter;
    }

    private void subscribeSome(Client client) {
        boolean five = client.peer.version() == Protocol.MQTT_5;
        int id = five ? random.nextInt(4) : 0;
        SubscribePacket packet = subscribe(client.peer.version(), client.nextPacketId());
        if (id > 0) {
            packet.subscriptionId(id);
        }
        List<String> expected = new ArrayList<>();
        Map<String, Integer> wanted = new LinkedHashMap<>();
        for (int n = random.nextInt(3); n >= 0; n--) {
            int more = five ? random.nextInt(3) << 4 | random.nextInt(4) << 2 : 0;
            wanted.put(filter(), random.nextInt(3) | more);
        }
        wanted.forEach((filter, options) -> {
            packet.filter(filter, options);
            Subscription subscription = new Subscription(options, id);
            boolean isNew = client.subscriptions.put(filter, subscription) == null;
            int handling = options >> 4;
            if (handling == 0 || (handling == 1 && isNew)) {
                expected.addAll(retained(client, filter, subscription));
            }
        });
        // replays are done in the order in which they were asked for: this one is the last
        packet.filter(client.end + "/retained", 0);
        List<Integer> granted =
                new ArrayList<>(wanted.values().stream().map(o -> o & 3).toList());
        granted.add(0);
        assertEquals(granted, request(client, packet));
        assertEquals(sorted(expected), sorted(receive(client)));
    }

    private static List<String> sorted(List<String> copies) {
        return copies.stream().sorted().toList();
    }

    private List<String> retained(Client client, String filter, Subscription subscription) {
        List<String> expected = new ArrayList<>();
        retained.forEach((topic, message) -> {
            if (matches(filter, topic) && !(subscription.noLocal() && message.publisher == client)) {
                int qos = Math.min(message.qos, subscription.qos());
                List<Long> ids = subscription.id == 0 ? List.of() : List.of((long) subscription.id);
                expected.add(copy(topic, message.payload, qos, true, ids));
            }
        });
        return expected;
    }

    private static boolean matches(String filter, String topic) {
        return TopicFilter.of(filter).matches(TopicName.of(topic));
    }

    private static String copy(String topic, String payload, int qos, boolean retain, List<Long> ids) {
        return topic + " " + payload + " at " + qos + (retain ? " retained " : " ") + ids;
    }

    private void unsubscribeSome(Client client) {
        String filter = filter();
        boolean existed = client.subscriptions.remove(filter) != null;
        Protocol version = client.peer.version();
        SubscribePacket packet =
                SubscribePacket.unsubscribe(version, client.nextPacketId()).filter(filter);
        int code = existed ? 0x00 : 0x11;
        assertEquals(version == Protocol.MQTT_5 ? List.of(code) : List.of(), request(client, packet));
    }

    private void publish(Client publisher, int number) {
        String name = TOPICS.get(random.nextInt(TOPICS.size()));
        String topic = name.startsWith("$") ? "$" + base + name : base + name;
        int qos = random.nextInt(3);
        boolean retain = random.nextInt(3) == 0;
        String payload = retain && random.nextInt(4) == 0 ? "" : "m" + number;
        if (retain && payload.isEmpty()) {
            retained.remove(topic);
        } else if (retain) {
            retained.put(topic, new Retained(payload, qos, publisher));
        }
        Map<Client, List<String>> expected = new HashMap<>();
        for (Client client : clients) {
            expected.put(client, expectedCopy(client, publisher, topic, payload, qos, retain));
        }
        publisher.peer.publish(qos << 1 | (retain ? 1 : 0), topic, qos == 0 ? 0 : publisher.nextPacketId(), payload);
        for (Client client : clients) {
            publisher.peer.publish(qos << 1, client.end, qos == 0 ? 0 : publisher.nextPacketId(), "end");
        }
        Set<String> groups = new TreeSet<>();
        for (Client client : clients) {
            client.shared.keySet().stream().filter(full -> matches(full, topic)).forEach(groups::add);
        }
        for (Client client : clients) {
            List<String> got = receive(client);
            client.shared.forEach((full, s) -> {
                boolean flag = retain && s.asPublished();
                String copy = copy(topic, payload, Math.min(qos, s.qos()), flag, List.of((long) s.id));
                if (got.remove(copy)) {
                    assertTrue(groups.remove(full), () -> "not once: " + full);
                }
            });
            assertEquals(expected.get(client), got);
        }
        assertEquals(Set.of(), groups, "groups without a copy");
    }

    private static List<String> expectedCopy(
            Client client, Client publisher, String topic, String payload, int qos, boolean retain) {
        int granted = -1;
        boolean asPublished = false;
        List<Long> ids = new ArrayList<>();
        for (Map.Entry<String, Subscription> entry : client.subscriptions.entrySet()) {
            Subscription s = entry.getValue();
            if (matches(entry.getKey(), topic) && !(s.noLocal() && client == publisher)) {
                granted = Math.max(granted, s.qos());
                asPublished |= s.asPublished();
                if (s.id > 0) {
                    ids.add((long) s.id);
                }
            }
        }
        ids.sort(null);
        return granted < 0
                ? List.of()
                : List.of(copy(topic, payload, Math.min(qos, granted), retain && asPublished, ids));
    }

    /** What comes before the end mark. */
    private static List<String> receive(Client client) {
        List<String> got = new ArrayList<>();
        while (true) {
            Frame.Publish publish = next(client).publish();
            if (publish.topic().startsWith(client.end)) {
                return got;
            }
            List<Long> ids = publish.properties().all(Property.SUBSCRIPTION_ID).stream()
                    .map(Long.class::cast)
                    .sorted()
                    .toList();
            got.add(copy(publish.topic(), publish.text(), publish.qos(), publish.retain(), ids));
        }
    }

    private static List<Integer> request(Client client, SubscribePacket packet) {
        client.peer.send(packet.bytes());
        return next(client).codes().reasonCodes();
    }

    /** The next packet but those with which deliveries go on; these are answered. */
    private static Frame next(Client client) {
        while (true) {
            Frame frame = client.peer.next();
            switch (frame.kind()) {
                case PUBACK, PUBCOMP -> {}
                case PUBREC ->
                    client.peer.acknowledge(PacketKind.PUBREL, frame.ack().packetId());
                case PUBREL ->
                    client.peer.acknowledge(PacketKind.PUBCOMP, frame.ack().packetId());
                case PUBLISH -> {
                    Frame.Publish publish = frame.publish();
                    if (publish.qos() > 0) {
                        PacketKind answer = publish.qos() == 1 ? PacketKind.PUBACK : PacketKind.PUBREC;
                        client.peer.acknowledge(answer, publish.packetId());
                    }
                    return frame;
                }
                default -> {
                    return frame;
                }
            }
        }
    }
}
