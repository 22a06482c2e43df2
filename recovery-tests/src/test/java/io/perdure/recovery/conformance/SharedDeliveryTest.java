package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.property16;
import static io.perdure.recovery.conformance.Bytes.property32;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a message that a member of a Shared Subscription has, or none is there to take. */
@Timeout(60)
class SharedDeliveryTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private final String topic = BROKER.unique("topic");
    private final String shared = "$share/" + BROKER.unique("group") + "/" + topic;
    private final String busyId = BROKER.unique("busy");

    private static Peer connected() {
        return Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("member"));
    }

    private static Peer durable(String clientId) {
        return Peer.connected(BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).durable());
    }

    /** A message that the only member has received at QoS 2 by now; the others come later. */
    private Frame.Publish begin(Peer busy, Peer publisher) {
        assertEquals(2, busy.subscribe(1, shared, 2));
        publisher.publish(0x04, topic, 1, "begun");
        publisher.next(PacketKind.PUBREC);
        return busy.nextPublish("begun");
    }

    /** Publishes to the group and expects it with this member, with nothing before. */
    private void expectNext(Peer member, Peer publisher, int packetId, String payload) {
        publisher.publish(0x04, topic, packetId, payload);
        publisher.next(PacketKind.PUBREC);
        member.nextPublish(payload);
        member.expectQuiet();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @Proves(v5 = "MQTT-4.8.2-4")
    void qos2IsCompletedWithItsMemberWhenThatIsBack(boolean received, boolean restart) {
        Frame.Publish begun;
        try (Peer publisher = connected()) {
            String other = BROKER.unique("other");
            try (Peer busy = durable(busyId)) {
                begun = begin(busy, publisher);
                if (received) {
                    busy.acknowledge(PacketKind.PUBREC, begun.packetId());
                    busy.next(PacketKind.PUBREL);
                }
                durableMember(other).disconnect();
                busy.leave();
            }
            try (Peer idle = durable(other)) {
                expectNext(idle, publisher, 2, "another");
            }
        }
        if (restart) {
            BROKER.restart();
        }
        try (Peer idle = connected();
                Peer busy = durable(busyId)) {
            idle.subscribe(1, shared, 2);
            if (received) {
                assertEquals(
                        begun.packetId(), busy.next(PacketKind.PUBREL).ack().packetId());
            } else {
                Frame.Publish again = busy.nextPublish("begun");
                assertEquals(begun.packetId(), again.packetId());
                assertTrue(again.dup());
                busy.acknowledge(PacketKind.PUBREC, again.packetId());
                assertEquals(
                        again.packetId(), busy.next(PacketKind.PUBREL).ack().packetId());
            }
            busy.acknowledge(PacketKind.PUBCOMP, begun.packetId());
            busy.expectQuiet();
            idle.expectQuiet();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves(choices = "qos1-shared-redelivery")
    void qos1StaysWithItsMemberWhileTheSessionLastsAndGoesToAnotherThen(boolean restart) {
        Frame.Publish begun;
        try (Peer publisher = connected();
                Peer busy = durable(busyId)) {
            assertEquals(1, busy.subscribe(1, shared, 1));
            publisher.publishAcknowledged(topic, 1, "begun");
            begun = busy.nextPublish("begun");
            busy.leave();
        }
        if (restart) {
            BROKER.restart();
        }
        try (Peer idle = connected()) {
            assertEquals(1, idle.subscribe(1, shared, 1));
            try (Peer busy = durable(busyId)) {
                Frame.Publish again = busy.nextPublish("begun");
                assertEquals(begun.packetId(), again.packetId());
                assertTrue(again.dup());
                busy.leave();
            }
            idle.expectQuiet();
            Peer.connected(BROKER, Protocol.MQTT_5, busyId).disconnect();
            Frame.Publish moved = idle.nextPublish("begun");
            assertFalse(moved.dup());
            idle.acknowledge(PacketKind.PUBACK, moved.packetId());
            idle.expectQuiet();
        }
    }

    private Peer durableMember(String clientId) {
        Peer member = durable(clientId);
        assertEquals(2, member.subscribe(1, shared, 2));
        return member;
    }

    /** However the session ends: with its connection, by a Clean Start, or when it expires. */
    @ParameterizedTest
    @CsvSource({
        "connection, false",
        "connection, true",
        "clean start, false",
        "clean start, true",
        "expiry, false",
        "expiry, true"
    })
    @Proves(v5 = "MQTT-4.8.2-5")
    void qos2GoesToNoOtherWhenTheSessionOfItsMemberEnds(String end, boolean received) {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, busyId)
                .properties(property32(Property.SESSION_EXPIRY, end.equals("connection") ? 0 : 3600));
        try (Peer publisher = connected();
                Peer idle = connected()) {
            try (Peer busy = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
                Frame.Publish begun = begin(busy, publisher);
                if (received) {
                    busy.acknowledge(PacketKind.PUBREC, begun.packetId());
                    busy.next(PacketKind.PUBREL);
                }
                assertEquals(2, idle.subscribe(1, shared, 2));
                busy.leave();
            }
            if (end.equals("clean start")) {
                Peer.connected(BROKER, Protocol.MQTT_5, busyId).disconnect();
            } else if (end.equals("expiry")) {
                BROKER.advance(Duration.ofSeconds(3601));
            }
            expectNext(idle, publisher, 2, "another");
            expectNext(idle, publisher, 3, "and another");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 128", "1, 131", "1, 135", "1, 151", "2, 128", "2, 131", "2, 144", "2, 153"})
    @Proves(v5 = "MQTT-4.8.2-6")
    void aMessageThatIsRefusedGoesToNoOther(int qos, int reasonCode) {
        try (Peer publisher = connected();
                Peer idle = connected();
                Peer busy = durable(busyId)) {
            busy.subscribe(1, shared, 2);
            publisher.publish(qos << 1, topic, 1, "refused");
            Frame.Publish refused = busy.nextPublish("refused");
            idle.subscribe(1, shared, 2);
            PacketKind answer = qos == 1 ? PacketKind.PUBACK : PacketKind.PUBREC;
            busy.send(Bytes.packet(answer.firstByte(), Bytes.u16(refused.packetId()), Bytes.u8(reasonCode)));
            busy.expectQuiet();
            assertEquals(List.of(0x00), busy.unsubscribe(2, shared));
            publisher.next();
            expectNext(idle, publisher, 2, "another");
            busy.disconnect();
            Peer.connected(BROKER, Protocol.MQTT_5, busyId).disconnect();
            expectNext(idle, publisher, 3, "and another");
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.10.4-3", "MQTT-4.8.2-4"})
    void aMemberThatUnsubscribesCompletesWhatItHas() {
        try (Peer publisher = connected();
                Peer idle = connected();
                Peer busy = durable(busyId)) {
            Frame.Publish begun = begin(busy, publisher);
            publisher.publishAcknowledged(topic, 2, "at 1");
            Frame.Publish atOne = busy.nextPublish("at 1");
            idle.subscribe(1, shared, 2);
            busy.unsubscribe(2, shared);
            expectNext(idle, publisher, 3, "another");
            busy.leave();
            try (Peer back = durable(busyId)) {
                assertEquals(begun.packetId(), back.nextPublish("begun").packetId());
                assertEquals(atOne.packetId(), back.nextPublish("at 1").packetId());
                back.acknowledge(PacketKind.PUBREC, begun.packetId());
                assertEquals(
                        begun.packetId(), back.next(PacketKind.PUBREL).ack().packetId());
                back.acknowledge(PacketKind.PUBCOMP, begun.packetId());
                back.acknowledge(PacketKind.PUBACK, atOne.packetId());
                back.expectQuiet();
            }
            expectNext(idle, publisher, 4, "and another");
        }
    }

    /** The subscription is part of the session of each member: messages wait for whoever comes back. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Proves(choices = "shared-no-member")
    void messagesWaitWhileNoMemberIsConnected(boolean restart) {
        String other = BROKER.unique("other");
        durableMember(busyId).disconnect();
        durableMember(other).disconnect();
        try (Peer publisher = connected()) {
            publisher.publish(0, topic, 0, "at 0 is dropped");
            for (int i = 0; i < 10; i++) {
                assertEquals(0x00, publisher.publishAcknowledged(topic, 1 + i, "waits " + i));
            }
        }
        if (restart) {
            BROKER.restart();
        }
        try (Peer publisher = connected();
                Peer back = durable(other)) {
            for (int i = 0; i < 10; i++) {
                Frame.Publish waited = back.nextPublish("waits " + i);
                assertEquals(1, waited.qos());
                back.acknowledge(PacketKind.PUBACK, waited.packetId());
            }
            expectNext(back, publisher, 20, "new");
        }
    }

    /** A member that is offline gets nothing that a connected one can take. */
    @Test
    @Proves(choices = "shared-choice")
    void connectedMembersComeFirst() {
        durableMember(busyId).disconnect();
        try (Peer publisher = connected();
                Peer idle = connected()) {
            idle.subscribe(1, shared, 2);
            TreeSet<String> seen = new TreeSet<>();
            for (int i = 0; i < 10; i++) {
                publisher.publishAcknowledged(topic, 1, "message " + i);
                Frame.Publish next = idle.next(PacketKind.PUBLISH).publish();
                seen.add(next.text());
                idle.acknowledge(PacketKind.PUBACK, next.packetId());
            }
            assertEquals(10, seen.size());
        }
        try (Peer back = durable(busyId)) {
            back.expectQuiet();
        }
    }

    @Test
    @Proves(choices = "too-large-for-shared-member")
    void aMessageThatIsTooLargeForItsMemberIsDropped() {
        ConnectPacket small = new ConnectPacket(Protocol.MQTT_5, busyId)
                .properties(property32(Property.MAXIMUM_PACKET_SIZE, 200), property16(Property.RECEIVE_MAXIMUM, 1));
        try (Peer publisher = connected();
                Peer member = Peer.connected(BROKER, Protocol.MQTT_5, small)) {
            member.subscribe(1, shared, 2);
            publisher.publishAcknowledged(topic, 1, "x".repeat(300));
            publisher.publishAcknowledged(topic, 2, "fits");
            member.acknowledge(PacketKind.PUBACK, member.nextPublish("fits").packetId());
            try (Peer large = connected()) {
                large.subscribe(1, shared, 2);
                member.unsubscribe(2, shared);
                expectNext(large, publisher, 3, "another");
            }
        }
    }
}
