package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.text;
import static io.perdure.recovery.conformance.Bytes.u16;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** UTF-8 Encoded Strings, in every field that holds one [1.5.3, 5.0: 1.5.4]. */
@Timeout(120)
class StringsTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final byte[] NOTHING = {};

    /** What is not well-formed, or holds U+0000. */
    private static final List<String> BAD = List.of(
            "ed a0 80", // U+D800
            "ed bf bf", // U+DFFF
            "61 ed a0 bd ed b8 80 62", // U+1F600 as two surrogates
            "c0 80", // U+0000 in two bytes
            "c1 bf",
            "e0 80 af", // U+002F in three bytes
            "e0 9f bf",
            "f0 80 80 af",
            "f0 8f bf bf",
            "f4 90 80 80", // beyond U+10FFFF
            "f5 80 80 80",
            "f8 88 80 80 80",
            "80", // a continuation of nothing
            "61 bf",
            "c3", // cut off
            "e2 82",
            "f0 9f 98",
            "c3 28", // a continuation that is none
            "e2 82 28",
            "f0 9f 98 28",
            "fe",
            "ff",
            "00", // U+0000
            "61 00 62",
            "61 62 63 64 65 66 67 68 00",
            "61 62 63 64 65 66 67 68 69 ed a0 80");

    private Bystander bystander;

    StringsTest() {
        bystander = Bystander.at(BROKER);
    }

    @BeforeEach
    void isServed() {
        bystander.expectServed();
    }

    @AfterEach
    void leave() {
        bystander.close();
    }

    /** Where a string stands in a packet of a client that is connected; makes the packet with these bytes as its string. */
    private record Field(String name, UnaryOperator<byte[]> packet) {

        @Override
        public String toString() {
            return name;
        }
    }

    /** A packet without properties. */
    private static byte[] connect(Protocol version, int flags, byte[]... payload) {
        return connectWith(version, flags, NOTHING, payload);
    }

    private static byte[] connectWith(Protocol version, int flags, byte[] properties, byte[]... payload) {
        return packet(
                0x10,
                text("MQTT"),
                u8(version.level),
                u8(flags | 2),
                u16(0),
                Peer.properties(version, properties),
                join(payload));
    }

    private static Stream<Arguments> fieldsOfConnect() {
        return Stream.of(Protocol.values()).flatMap(StringsTest::fieldsOfConnect);
    }

    private static Stream<Arguments> fieldsOfConnect(Protocol v) {
        byte[] none = Peer.properties(v);
        Stream<Field> both = Stream.of(
                new Field("Client Identifier", s -> connect(v, 0, binary(s))),
                new Field("Will Topic", s -> connect(v, 0x04, text("c"), none, binary(s), text("bye"))),
                new Field("User Name", s -> connect(v, 0x80, text("c"), binary(s))));
        Stream<Field> five = Stream.of(
                new Field("name of a User Property", s -> connectWith(v, 0, userProperty(s, text("v")), text("c"))),
                new Field("value of a User Property", s -> connectWith(v, 0, pair(text("n"), s), text("c"))),
                new Field("Authentication Method", s -> connectWith(v, 0, property(0x15, s), text("c"))),
                will("Content Type of the Will", s -> property(Property.CONTENT_TYPE, s)),
                will("Response Topic of the Will", s -> property(Property.RESPONSE_TOPIC, s)),
                will("name of a User Property of the Will", s -> userProperty(s, text("v"))),
                will("value of a User Property of the Will", s -> pair(text("n"), s)));
        return (v == Protocol.MQTT_5 ? Stream.concat(both, five) : both).map(field -> Arguments.of(v, field));
    }

    private static Field will(String name, UnaryOperator<byte[]> property) {
        return new Field(
                name,
                s -> connect(
                        Protocol.MQTT_5, 0x04, text("c"), properties(property.apply(s)), text("will"), text("bye")));
    }

    private static byte[] property(int id, byte[] string) {
        return join(u8(id), binary(string));
    }

    private static byte[] userProperty(byte[] name, byte[] value) {
        return join(u8(Property.USER), binary(name), value);
    }

    private static byte[] pair(byte[] name, byte[] value) {
        return join(u8(Property.USER), name, binary(value));
    }

    @ParameterizedTest
    @MethodSource("fieldsOfConnect")
    @Proves(
            v311 = {"MQTT-1.5.3-1", "MQTT-1.5.3-2", "MQTT-3.1.3-4", "MQTT-3.1.3-10", "MQTT-3.1.3-11", "MQTT-3.1.4-1"},
            v5 = {
                "MQTT-1.5.4-1",
                "MQTT-1.5.4-2",
                "MQTT-1.5.7-1",
                "MQTT-3.1.3-4",
                "MQTT-3.1.3-11",
                "MQTT-3.1.3-12",
                "MQTT-3.1.4-1",
                "MQTT-4.13.1-1"
            },
            choices = "malformed-connect")
    void refusesAConnectWithABadString(Protocol version, Field field) {
        for (String bad : BAD) {
            try (Peer peer = Peer.open(BROKER, version)) {
                peer.send(field.packet.apply(hex(bad)));
                if (version == Protocol.MQTT_5) {
                    peer.expectRefusal(0x81);
                } else {
                    peer.expectClosed();
                }
            }
        }
        bystander.expectServed();
    }

    private static Stream<Arguments> fieldsOfOthers() {
        return Stream.of(Protocol.values()).flatMap(StringsTest::fieldsOfOthers);
    }

    private static Stream<Arguments> fieldsOfOthers(Protocol v) {
        byte[] none = Peer.properties(v);
        Stream<Field> both = Stream.of(
                new Field("Topic Name at QoS 0", s -> packet(0x30, binary(s), none)),
                new Field("Topic Name at QoS 1", s -> packet(0x32, binary(s), u16(5), none, text("x"))),
                new Field("filter of SUBSCRIBE", s -> packet(0x82, u16(5), none, binary(s), u8(0))),
                new Field(
                        "second filter of SUBSCRIBE",
                        s -> packet(0x82, u16(5), none, text("a"), u8(0), binary(s), u8(0))),
                new Field("filter of UNSUBSCRIBE", s -> packet(0xA2, u16(5), none, binary(s))));
        return (v == Protocol.MQTT_5 ? Stream.concat(both, fieldsOfProperties()) : both)
                .map(field -> Arguments.of(v, field));
    }

    private static Stream<Field> fieldsOfProperties() {
        Stream<Field> one = Stream.of(
                new Field("Content Type", s -> packet(0x30, text("t"), properties(property(0x03, s)))),
                new Field("Response Topic", s -> packet(0x30, text("t"), properties(property(0x08, s)))),
                new Field("Reason String of PUBACK", s -> ack(PacketKind.PUBACK, property(0x1F, s))),
                new Field("Reason String of PUBREC", s -> ack(PacketKind.PUBREC, property(0x1F, s))),
                new Field("Reason String of PUBREL", s -> ack(PacketKind.PUBREL, property(0x1F, s))),
                new Field("Reason String of PUBCOMP", s -> ack(PacketKind.PUBCOMP, property(0x1F, s))),
                new Field("Reason String of DISCONNECT", s -> packet(0xE0, u8(0), properties(property(0x1F, s)))),
                new Field("Authentication Method", s -> packet(0xF0, u8(0x19), properties(property(0x15, s)))));
        List<UnaryOperator<byte[]>> pairs = List.of(s -> userProperty(s, text("v")), s -> pair(text("n"), s));
        Stream<Field> users = pairs.stream()
                .flatMap(user -> Stream.of(
                        new Field("User Property of PUBLISH", s -> packet(0x30, text("t"), properties(user.apply(s)))),
                        new Field("User Property of PUBACK", s -> ack(PacketKind.PUBACK, user.apply(s))),
                        new Field("User Property of PUBREC", s -> ack(PacketKind.PUBREC, user.apply(s))),
                        new Field("User Property of PUBREL", s -> ack(PacketKind.PUBREL, user.apply(s))),
                        new Field("User Property of PUBCOMP", s -> ack(PacketKind.PUBCOMP, user.apply(s))),
                        new Field(
                                "User Property of SUBSCRIBE",
                                s -> packet(0x82, u16(5), properties(user.apply(s)), text("t"), u8(0))),
                        new Field(
                                "User Property of UNSUBSCRIBE",
                                s -> packet(0xA2, u16(5), properties(user.apply(s)), text("t"))),
                        new Field("User Property of DISCONNECT", s -> packet(0xE0, u8(0), properties(user.apply(s))))));
        return Stream.concat(one, users);
    }

    private static byte[] ack(PacketKind kind, byte[] property) {
        return packet(kind.firstByte(), u16(5), u8(0), properties(property));
    }

    @ParameterizedTest
    @MethodSource("fieldsOfOthers")
    @Proves(
            v311 = {
                "MQTT-1.5.3-1",
                "MQTT-1.5.3-2",
                "MQTT-3.3.2-1",
                "MQTT-3.8.3-1",
                "MQTT-3.10.3-1",
                "MQTT-4.7.3-2",
                "MQTT-4.8.0-1"
            },
            v5 = {
                "MQTT-1.5.4-1",
                "MQTT-1.5.4-2",
                "MQTT-1.5.7-1",
                "MQTT-3.3.2-1",
                "MQTT-3.3.2-13",
                "MQTT-3.3.2-19",
                "MQTT-3.8.3-1",
                "MQTT-3.10.3-1",
                "MQTT-4.7.3-2",
                "MQTT-4.13.1-1"
            })
    void disconnectsAfterABadString(Protocol version, Field field) {
        for (String bad : BAD) {
            try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("bad"))) {
                peer.send(field.packet.apply(hex(bad)));
                peer.expectDisconnect(0x81);
            }
        }
        bystander.expectServed();
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-1.5.3-3", v5 = "MQTT-1.5.4-3")
    void keepsAByteOrderMark(Protocol version) {
        String plain = BROKER.unique("marked") + "/\uFEFFin the middle\uFEFF";
        String marked = "\uFEFF" + plain;
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("mark"))) {
            peer.subscribe(1, marked, 0);
            peer.publish(0, plain, 0, "not this one");
            peer.publish(0, plain.replace("\uFEFF", ""), 0, "nor this one");
            peer.publish(0, marked, 0, "this one");
            assertEquals(marked, peer.nextPublish("this one").topic());
            peer.expectQuiet();
        }
    }

    /** Two Client Identifiers that differ only by a mark are two clients. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-1.5.3-3", v5 = "MQTT-1.5.4-3")
    void takesAByteOrderMarkAsPartOfAClientIdentifier(Protocol version) {
        String name = BROKER.unique("client");
        try (Peer plain = Peer.connected(BROKER, version, name);
                Peer marked = Peer.connected(BROKER, version, "\uFEFF" + name)) {
            plain.expectQuiet();
            marked.expectQuiet();
        }
    }

    @Test
    @Proves(v5 = "MQTT-1.5.4-3")
    void forwardsByteOrderMarksInProperties() {
        String topic = BROKER.unique("marks");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("mark"))) {
            peer.subscribe(1, topic, 0);
            peer.publish(
                    0,
                    topic,
                    0,
                    "x",
                    Bytes.propertyText(Property.CONTENT_TYPE, "\uFEFFtype"),
                    Bytes.propertyText(Property.RESPONSE_TOPIC, "\uFEFFanswer"),
                    Bytes.userProperty("\uFEFFname", "value\uFEFF"));
            Frame.Properties got = peer.nextPublish("x").properties();
            assertEquals("\uFEFFtype", got.text(Property.CONTENT_TYPE));
            assertEquals("\uFEFFanswer", got.text(Property.RESPONSE_TOPIC));
            assertEquals(List.of(new Frame.Pair("\uFEFFname", "value\uFEFF")), got.all(Property.USER));
        }
    }

    /** One code point of each length in UTF-8 and those next to what is not allowed; also those that are better not used. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-1.5.3-1", v5 = "MQTT-1.5.4-1", choices = "discouraged-characters")
    void takesAllOtherCharacters(Protocol version) {
        int[] codePoints = {
            0x01, 0x1F, 0x20, 0x7E, 0x7F, 0x80, 0x9F, 0xA0, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFDD0, 0xFFFD, 0xFFFE,
            0xFFFF, 0x10000, 0x1F600, 0x1FFFE, 0x10FFFF
        };
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("characters"))) {
            for (int codePoint : codePoints) {
                String topic = BROKER.unique("t") + Character.toString(codePoint);
                peer.subscribe(1, topic, 0);
                peer.publish(0, topic, 0, "x");
                assertEquals(topic, peer.nextPublish("x").topic());
            }
        }
    }

    /** The payload of a message is no string: all bytes are allowed in it. */
    @ParameterizedTest
    @EnumSource
    @Proves(choices = "payload-format")
    void leavesPayloadsAlone(Protocol version) {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        String topic = BROKER.unique("binary");
        byte[] claimsToBeText = Peer.properties(version, Bytes.property8(Property.PAYLOAD_FORMAT, 1));
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("payload"))) {
            peer.subscribe(1, topic, 0);
            peer.send(packet(0x30, text(topic), claimsToBeText, all));
            Frame.Publish got = peer.next(PacketKind.PUBLISH).publish();
            assertArrayEquals(all, got.payload());
        }
        byte[] willPayload = Arrays.copyOfRange(all, 128, 256);
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("watching"))) {
            peer.subscribe(1, topic, 0);
            try (Peer dying = Peer.open(BROKER, version)) {
                byte[] id = text(BROKER.unique("dying"));
                byte[] none = Peer.properties(version);
                dying.send(connect(version, 0x04, id, none, text(topic), binary(willPayload)));
                assertEquals(0, dying.next().connAck().reasonCode());
            }
            assertArrayEquals(
                    willPayload, peer.next(PacketKind.PUBLISH).publish().payload());
        }
    }

    /** Each string and each part of a CONNECT is as long as two bytes can say. */
    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-1.5.3-1", v5 = "MQTT-1.5.4-1", choices = "client-identifier-characters")
    void takesStringsOfAllLengths(Protocol version) {
        for (int length : new int[] {1, 127, 128, 255, 256, 16_383, 16_384, 65_534, 65_535}) {
            String longest = "\u00E9".repeat(length / 2) + "e".repeat(length % 2);
            assertEquals(length, longest.getBytes(StandardCharsets.UTF_8).length);
            try (Peer peer = Peer.connected(BROKER, version, new ConnectPacket(version, longest).userName(longest))) {
                peer.subscribe(1, longest, 0);
                peer.publish(0, longest, 0, "x");
                assertEquals(longest, peer.nextPublish("x").topic());
            }
        }
    }
}
