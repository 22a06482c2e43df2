package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u32;
import static io.perdure.recovery.conformance.Bytes.u8;
import static io.perdure.recovery.conformance.Bytes.variable;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Properties of 5.0 in the packets of a client [5.0: 2.2.2]. */
@Timeout(120)
class PropertiesTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final int SUBSCRIPTION_ID = Property.SUBSCRIPTION_ID;

    private final Bystander bystander = Bystander.at(BROKER);

    @AfterEach
    void othersAreServed() {
        bystander.expectServed();
        bystander.close();
    }

    /** Every property of the specification. */
    private static final List<Integer> ALL = List.of(
            0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1A, 0x1C, 0x1F, 0x21,
            0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A);

    /** A property with a value that it may have; one that does not exist, with bytes that stand for a value. */
    private static byte[] property(int id) {
        byte[] value =
                switch (id) {
                    case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2A -> u8(1);
                    case 0x13, 0x21, 0x22, 0x23 -> u16(10);
                    case 0x03, 0x08, 0x12, 0x15, 0x1A, 0x1C, 0x1F -> text("text");
                    case 0x09, 0x16 -> binary(u16(1));
                    case 0x0B -> variable(200);
                    case 0x26 -> join(text("name"), text("value"));
                    default -> u32(1000);
                };
        return join(variable(id), value);
    }

    /** A packet of a client that may have properties. */
    private enum Holder {
        CONNECT(0x11, 0x15, 0x16, 0x17, 0x19, 0x21, 0x22, 0x26, 0x27),
        WILL(0x01, 0x02, 0x03, 0x08, 0x09, 0x18, 0x26),
        PUBLISH(0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26),
        PUBACK(0x1F, 0x26),
        PUBREC(0x1F, 0x26),
        PUBREL(0x1F, 0x26),
        PUBCOMP(0x1F, 0x26),
        SUBSCRIBE(0x0B, 0x26),
        UNSUBSCRIBE(0x26),
        DISCONNECT(0x11, 0x1C, 0x1F, 0x26),
        AUTH(0x15, 0x16, 0x1F, 0x26);

        @SuppressWarnings("ImmutableEnumChecker") // List.of makes it immutable
        private final List<Integer> allowed;

        Holder(Integer... allowed) {
            this.allowed = List.of(allowed);
        }

        boolean isConnect() {
            return this == CONNECT || this == WILL;
        }

        /** The whole packet; what stands for its properties begins with their length. */
        byte[] bytes(byte[] properties) {
            return switch (this) {
                case CONNECT -> packet(0x10, text("MQTT"), hex("05 02 00 00"), properties, text("c"));
                case WILL ->
                    packet(
                            0x10,
                            text("MQTT"),
                            hex("05 06 00 00 00"),
                            text("c"),
                            properties,
                            text("will"),
                            text("payload"));
                case PUBLISH -> packet(0x32, text("topic"), u16(9), properties, text("payload"));
                case PUBACK, PUBREC, PUBREL, PUBCOMP ->
                    packet(PacketKind.valueOf(name()).firstByte(), u16(9), u8(0), properties);
                case SUBSCRIBE -> packet(0x82, u16(9), properties, text("filter"), u8(0));
                case UNSUBSCRIBE -> packet(0xA2, u16(9), properties, text("filter"));
                case DISCONNECT -> packet(0xE0, u8(0), properties);
                case AUTH -> packet(0xF0, u8(0x19), properties);
            };
        }

        /** Sends it on a connection of its own, where it has to be refused with that Reason Code. */
        void expectRefused(byte[] properties, int reasonCode) {
            if (isConnect()) {
                try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
                    peer.send(bytes(properties));
                    peer.expectRefusal(reasonCode);
                }
            } else {
                try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("properties"))) {
                    peer.send(bytes(properties));
                    peer.expectDisconnect(reasonCode);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.1.4-1"})
    void refusesPropertiesOfOtherPackets(Holder holder) {
        List<Integer> others = new ArrayList<>(ALL);
        others.removeAll(holder.allowed);
        // those that don't exist at all
        others.addAll(List.of(0x00, 0x04, 0x07, 0x0A, 0x10, 0x14, 0x1B, 0x20, 0x2B, 0x3F, 0x40, 0x7F, 0x80, 0x4000));
        for (int id : others) {
            holder.expectRefused(properties(property(id)), 0x81);
            if (!holder.isConnect()) {
                // behind one that is allowed
                holder.expectRefused(properties(property(Property.USER), property(id)), 0x81);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-4.13.2-1", "MQTT-3.1.4-1"})
    void refusesPropertiesThatComeTwice(Holder holder) {
        for (int id : holder.allowed) {
            if (id != Property.USER) {
                holder.expectRefused(properties(property(id), property(id)), 0x82);
                holder.expectRefused(properties(property(id), property(Property.USER), property(id)), 0x82);
            }
        }
    }

    @Test
    @Proves(
            choices = "duplicate-user-properties",
            v5 = {"MQTT-3.3.2-17", "MQTT-3.3.2-18"})
    void takesUserPropertiesThatComeOftenThan() {
        String topic = BROKER.unique("often");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("users"))) {
            peer.subscribe(1, topic, 0);
            byte[] same = Bytes.userProperty("a", "1");
            peer.publish(0, topic, 0, "x", same, Bytes.userProperty("b", ""), same, Bytes.userProperty("", "2"), same);
            Frame.Pair first = new Frame.Pair("a", "1");
            assertEquals(
                    List.of(first, new Frame.Pair("b", ""), first, new Frame.Pair("", "2"), first),
                    peer.nextPublish("x").properties().all(Property.USER));
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-3.1.4-1"})
    void refusesAPropertyLengthThatIsTooLong(Holder holder) {
        for (int id : holder.allowed) {
            byte[] property = property(id);
            holder.expectRefused(join(variable(property.length + 20), property), 0x81);
        }
        holder.expectRefused(hex("ff ff ff 7f"), 0x81);
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-3.1.4-1"})
    void refusesAPropertyLengthThatEndsInAProperty(Holder holder) {
        for (int id : holder.allowed) {
            if (holder == Holder.PUBLISH && id == SUBSCRIPTION_ID) {
                continue; // refused as such [MQTT-3.3.4-6]
            }
            byte[] property = property(id);
            for (int length = 1; length < property.length; length++) {
                holder.expectRefused(join(variable(length), property), 0x81);
            }
        }
    }

    /** Each packet ends in the middle of its properties. */
    @ParameterizedTest
    @EnumSource(names = {"PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "DISCONNECT", "AUTH"})
    @Proves(v5 = "MQTT-4.13.1-1")
    void refusesPropertiesThatAreCutOff(Holder holder) {
        for (int id : holder.allowed) {
            byte[] property = property(id);
            for (int length = 0; length < property.length; length++) {
                holder.expectRefused(join(variable(property.length), Arrays.copyOf(property, length)), 0x81);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-1.5.5-1")
    void refusesAPropertyLengthThatIsLongerThanNeeded(Holder holder) {
        for (String length : List.of("80 00", "80 80 00", "80 80 80 00")) {
            holder.expectRefused(hex(length), 0x81);
        }
        for (String length : List.of("80 80 80 80 00", "ff ff ff ff 7f")) {
            holder.expectRefused(hex(length), 0x81);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-1.5.5-1")
    void refusesAPropertyIdentifierThatIsLongerThanNeeded(Holder holder) {
        byte[] value = join(text("name"), text("value"));
        holder.expectRefused(properties(hex("a6 00"), value), 0x81);
        holder.expectRefused(properties(hex("a6 80 80 80 00"), value), 0x81);
    }

    @ParameterizedTest
    @CsvSource({"80 00, 81", "8a 00, 81", "ff ff ff ff 7f, 81", "80 80 80 80 01, 81", "00, 82"})
    @Proves(v5 = {"MQTT-1.5.5-1", "MQTT-4.13.1-1"})
    void refusesABadSubscriptionIdentifier(String value, String reasonCode) {
        Holder.SUBSCRIBE.expectRefused(properties(u8(SUBSCRIPTION_ID), hex(value)), Integer.parseInt(reasonCode, 16));
    }

    /** All sizes around which the Subscription Identifier takes another byte. */
    @Test
    @Proves(v5 = "MQTT-1.5.5-1")
    void takesAndSendsSubscriptionIdentifiersOfAllSizes() {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("ids"))) {
            for (int id : new int[] {1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_455}) {
                String topic = BROKER.unique("id");
                peer.subscribe(1, topic, 0, join(u8(SUBSCRIPTION_ID), variable(id)));
                peer.publish(0, topic, 0, "x");
                Frame frame = peer.next(PacketKind.PUBLISH);
                assertEquals(List.of((long) id), frame.publish().properties().all(SUBSCRIPTION_ID));
                byte[] property = join(u8(SUBSCRIPTION_ID), variable(id));
                assertArrayEquals(join(text(topic), properties(property), u8('x')), frame.body());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECT, 17 02", // Request Problem Information
        "CONNECT, 19 02", // Request Response Information
        "CONNECT, 21 0000", // Receive Maximum
        "CONNECT, 27 00000000", // Maximum Packet Size
        "CONNECT, 16 0001 00", // Authentication Data without a method
        "WILL, 01 02", // Payload Format Indicator
        "WILL, 08 0003 612f23", // Response Topic
        "PUBLISH, 01 02",
        "PUBLISH, 08 0003 612f2b",
        "PUBLISH, 08 0000",
        "PUBLISH, 0b 01", // Subscription Identifier
        "DISCONNECT, 1c 0001 61" // Server Reference
    })
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-3.3.2-14", "MQTT-3.3.4-6"})
    void refusesValuesThatAreNotAllowed(Holder holder, String property) {
        holder.expectRefused(properties(hex(property)), 0x82);
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.3.2-8", "MQTT-3.3.2-9", "MQTT-3.2.2-17"},
            choices = "topic-alias-maximum")
    void refusesTopicAliasesOutOfRange() {
        Holder.PUBLISH.expectRefused(properties(hex("23 0000")), 0x94);
        Holder.PUBLISH.expectRefused(properties(hex("23 0041")), 0x94);
        Holder.PUBLISH.expectRefused(properties(hex("23 ffff")), 0x94);
    }

    /** A packet that has to have properties has none at all, not even their length. */
    @Test
    @Proves(v5 = {"MQTT-2.2.2-1", "MQTT-3.1.4-1"})
    void refusesPacketsWithoutAPropertyLength() {
        byte[] none = {};
        for (Holder holder : List.of(Holder.CONNECT, Holder.WILL, Holder.SUBSCRIBE, Holder.UNSUBSCRIBE)) {
            holder.expectRefused(none, 0x81);
        }
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("without"))) {
            peer.send(packet(0x30, text("topic")));
            peer.expectDisconnect(0x81);
        }
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("without"))) {
            peer.send(packet(0x32, text("topic"), u16(1)));
            peer.expectDisconnect(0x81);
        }
    }

    @Test
    @Proves(v5 = {"MQTT-2.2.2-1", "MQTT-1.5.5-1"})
    void writesAPropertyLengthOfZeroWhereThereAreNoProperties() {
        String topic = BROKER.unique("none");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("without"))) {
            peer.send(Holder.SUBSCRIBE.bytes(properties()));
            assertArrayEquals(hex("00 09 00 00"), peer.next(PacketKind.SUBACK).body());
            peer.send(Holder.UNSUBSCRIBE.bytes(properties()));
            assertArrayEquals(hex("00 09 00 00"), peer.next(PacketKind.UNSUBACK).body());
            peer.subscribe(1, topic, 0);
            peer.publish(0, topic, 0, "x");
            assertArrayEquals(
                    join(text(topic), hex("00"), u8('x')),
                    peer.next(PacketKind.PUBLISH).body());
        }
    }

    /** Property Lengths of one, two and three bytes are written with as few as possible. */
    @Test
    @Proves(v5 = "MQTT-1.5.5-1")
    void writesAPropertyLengthInAsFewBytesAsPossible() {
        String topic = BROKER.unique("long");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("lengths"))) {
            peer.subscribe(1, topic, 0);
            for (int length : new int[] {3, 127, 128, 16_383, 16_384, 65_538}) {
                byte[] property = join(u8(Property.CORRELATION_DATA), binary(new byte[length - 3]));
                peer.send(packet(0x30, text(topic), properties(property), new byte[1]));
                assertArrayEquals(
                        join(text(topic), variable(length), property, new byte[1]),
                        peer.next(PacketKind.PUBLISH).body());
            }
        }
    }
}
