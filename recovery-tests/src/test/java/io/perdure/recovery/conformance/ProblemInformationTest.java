package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.property8;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.userProperty;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the broker explains itself in 5.0: everywhere it can, or only where the client wants it. */
@Timeout(60)
class ProblemInformationTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static ConnectPacket connect(byte[]... properties) {
        return new ConnectPacket(Protocol.MQTT_5, BROKER.unique("client")).properties(properties);
    }

    private static byte[] request(int value) {
        return property8(Property.REQUEST_PROBLEM_INFORMATION, value);
    }

    /** Does what the broker answers with an error or a warning, and gives the properties of each answer. */
    private static List<Set<Integer>> answers(Peer peer) {
        String topic = BROKER.unique("nobody");
        peer.send(packet(0x82, u16(1), properties(), text("#/"), u8(0)));
        Frame subAck = peer.next(PacketKind.SUBACK);
        peer.send(packet(0xA2, u16(2), properties(), text("a+")));
        Frame unsubAck = peer.next(PacketKind.UNSUBACK);
        peer.send(packet(0xA2, u16(3), properties(), text(topic)));
        Frame nothingThere = peer.next(PacketKind.UNSUBACK);
        peer.publish(0x02, topic, 4, "to nobody");
        Frame pubAck = peer.next(PacketKind.PUBACK);
        peer.publish(0x04, topic, 5, "to nobody");
        Frame pubRec = peer.next(PacketKind.PUBREC);
        peer.acknowledge(PacketKind.PUBREL, 6);
        Frame pubComp = peer.next(PacketKind.PUBCOMP);
        peer.acknowledge(PacketKind.PUBREC, 7);
        Frame pubRel = peer.next(PacketKind.PUBREL);
        return List.of(
                subAck.codes().properties().values().keySet(),
                unsubAck.codes().properties().values().keySet(),
                nothingThere.codes().properties().values().keySet(),
                pubAck.ack().properties().values().keySet(),
                pubRec.ack().properties().values().keySet(),
                pubComp.ack().properties().values().keySet(),
                pubRel.ack().properties().values().keySet());
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-29", choices = "reason-strings")
    void isNotInAnswersIfTheClientDoesNotWantIt() {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(request(0)))) {
            answers(peer).forEach(properties -> assertEquals(Set.of(), properties));
        }
    }

    @Test
    @Proves(choices = "reason-strings")
    void isInAnswersToWrongFiltersOtherwise() {
        for (byte[] properties : new byte[][] {new byte[0], request(1)}) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(properties))) {
                List<Set<Integer>> answers = answers(peer);
                assertEquals(Set.of(Property.REASON_STRING), answers.get(0));
                assertEquals(Set.of(Property.REASON_STRING), answers.get(1));
                answers.subList(2, answers.size()).forEach(answer -> assertEquals(Set.of(), answer));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @Proves(v5 = "MQTT-3.1.2-29", choices = "reason-strings")
    void isInConnackAndDisconnectAndLeavesPublishAloneInAnyCase(int requested) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(connect(request(requested), propertyText(Property.AUTHENTICATION_METHOD, "m"))
                    .bytes());
            assertTrue(peer.expectRefusal(0x8C).properties().has(Property.REASON_STRING));
        }
        String topic = BROKER.unique("topic");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(request(requested)))) {
            peer.subscribe(1, topic, 0);
            peer.publish(0, topic, 0, "with properties", userProperty("a", "1"), userProperty("a", "1"));
            assertEquals(
                    List.of(new Frame.Pair("a", "1"), new Frame.Pair("a", "1")),
                    peer.nextPublish("with properties").properties().all(Property.USER));
            peer.send(hex("f0 00"));
            assertTrue(peer.expectDisconnect(0x82).properties().has(Property.REASON_STRING));
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-24")
    void isLeftOutWhereTheClientCanNotTakeIt() {
        byte[] small = property32(Property.MAXIMUM_PACKET_SIZE, 20);
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(small))) {
            answers(peer).forEach(properties -> assertEquals(Set.of(), properties));
        }
    }
}
