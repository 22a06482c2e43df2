package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property16;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whom a Shared Subscription chooses, by each strategy, and that nobody gets more than it can take. */
@Timeout(60)
class ShareStrategyTest {

    @RegisterExtension
    static final LiveBroker ROUND_ROBIN = LiveBroker.with();

    @RegisterExtension
    static final LiveBroker LEAST_IN_FLIGHT = LiveBroker.with("shared.strategy", "least-in-flight");

    @RegisterExtension
    static final LiveBroker STICKY = LiveBroker.with("shared.strategy", "sticky");

    private final String topic = ROUND_ROBIN.unique("topic");

    private Peer member(LiveBroker broker, Protocol version, int receiveMaximum) {
        ConnectPacket connect = new ConnectPacket(version, broker.unique("member"));
        if (version == Protocol.MQTT_5) {
            connect = connect.properties(property16(Property.RECEIVE_MAXIMUM, receiveMaximum));
        }
        Peer member = Peer.connected(broker, version, connect);
        assertEquals(1, member.subscribe(1, "$share/group/" + topic, 1));
        return member;
    }

    private static Peer publisher(LiveBroker broker, String clientId) {
        return Peer.connected(broker, Protocol.MQTT_5, clientId);
    }

    private void publish(Peer publisher, int from, int to) {
        for (int i = from; i < to; i++) {
            publisher.publishAcknowledged(topic, 1 + i, "m" + i);
        }
    }

    private static List<Frame.Publish> take(Peer member, int count) {
        List<Frame.Publish> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(member.next(PacketKind.PUBLISH).publish());
        }
        member.expectQuiet();
        return taken;
    }

    private static List<String> texts(List<Frame.Publish> publishes) {
        return publishes.stream().map(Frame.Publish::text).toList();
    }

    @Test
    void theNextInTurn() {
        try (Peer publisher = publisher(ROUND_ROBIN, "publisher");
                Peer one = member(ROUND_ROBIN, Protocol.MQTT_5, 100);
                Peer two = member(ROUND_ROBIN, Protocol.MQTT_3_1_1, 0)) {
            publish(publisher, 0, 6);
            assertEquals(List.of("m0", "m2", "m4"), texts(take(one, 3)));
            assertEquals(List.of("m1", "m3", "m5"), texts(take(two, 3)));
        }
    }

    /** What a member that does not acknowledge can't take goes to another, at once or when one comes. */
    @Test
    @Proves(choices = "shared-choice")
    void nobodyGetsMoreThanItsReceiveMaximum() {
        try (Peer publisher = publisher(ROUND_ROBIN, "publisher");
                Peer stuck = member(ROUND_ROBIN, Protocol.MQTT_5, 2)) {
            publish(publisher, 0, 5);
            assertEquals(List.of("m0", "m1"), texts(take(stuck, 2)));
            try (Peer quick = member(ROUND_ROBIN, Protocol.MQTT_5, 100)) {
                assertEquals(List.of("m2", "m3", "m4"), texts(take(quick, 3)));
                publish(publisher, 5, 10);
                assertEquals(List.of("m5", "m6", "m7", "m8", "m9"), texts(take(quick, 5)));
                stuck.expectQuiet();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anAcknowledgementMakesRoomForWhatWaits(Protocol version) {
        int limit = version == Protocol.MQTT_5 ? 3 : 1000;
        try (Peer publisher = publisher(ROUND_ROBIN, "publisher");
                Peer member = member(ROUND_ROBIN, version, 3)) {
            publish(publisher, 0, limit + 2);
            List<Frame.Publish> first = take(member, limit);
            member.acknowledge(PacketKind.PUBACK, first.get(1).packetId());
            assertEquals("m" + limit, member.next(PacketKind.PUBLISH).publish().text());
            member.acknowledge(PacketKind.PUBACK, first.get(0).packetId());
            assertEquals(
                    "m" + (limit + 1), member.next(PacketKind.PUBLISH).publish().text());
        }
    }

    @Test
    void theOneWithTheFewestInFlight() {
        try (Peer publisher = publisher(LEAST_IN_FLIGHT, "publisher");
                Peer busy = member(LEAST_IN_FLIGHT, Protocol.MQTT_5, 100)) {
            publish(publisher, 0, 3);
            assertEquals(3, take(busy, 3).size());
            try (Peer idle = member(LEAST_IN_FLIGHT, Protocol.MQTT_3_1_1, 0)) {
                publish(publisher, 3, 6);
                assertEquals(List.of("m3", "m4", "m5"), texts(take(idle, 3)));
                publish(publisher, 6, 8);
                assertEquals(1, take(idle, 1).size());
                assertEquals(1, take(busy, 1).size());
            }
        }
    }

    @Test
    void thatOfThePublisher() {
        List<String> firsts = new ArrayList<>();
        List<String> seconds = new ArrayList<>();
        String end = topic + "/end";
        try (Peer one = member(STICKY, Protocol.MQTT_5, 1000);
                Peer two = member(STICKY, Protocol.MQTT_3_1_1, 0);
                Peer last = publisher(STICKY, "last")) {
            one.subscribe(2, end, 0);
            two.subscribe(2, end, 0);
            for (int i = 0; i < 20; i++) {
                try (Peer publisher = publisher(STICKY, "publisher" + i)) {
                    for (int j = 0; j < 4; j++) {
                        publisher.publishAcknowledged(topic, 1 + j, "p" + i);
                    }
                }
            }
            last.publish(0, end, 0, "end");
            collect(one, firsts);
            collect(two, seconds);
        }
        assertEquals(80, firsts.size() + seconds.size());
        assertNotEquals(0, firsts.size());
        assertNotEquals(0, seconds.size());
        seconds.forEach(publisher -> assertFalse(firsts.contains(publisher), publisher));
    }

    private static void collect(Peer member, List<String> texts) {
        for (String text = member.next(PacketKind.PUBLISH).publish().text(); !text.equals("end"); ) {
            texts.add(text);
            text = member.next(PacketKind.PUBLISH).publish().text();
        }
    }
}
