package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Acknowledgement;
import io.perdure.protocol.packet.Auth;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.UserProperty;
import io.perdure.protocol.topic.TopicName;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncoderTest {

    private static final List<UserProperty> USER_PROPERTIES = List.of(new UserProperty("name", "value"));

    @Test
    void leavesOutUserPropertiesAndThenTheReasonStringThatThePeerHasNoRoomFor() {
        PubAck full = new PubAck(7, ReasonCode.NOT_AUTHORIZED, "why", USER_PROPERTIES);
        int sizeBytes = Packets.encode(full, MqttVersion.V5).length;
        assertEquals(Packets.describe(full), Packets.describe(within(full, sizeBytes)));
        PubAck withReason = PubAck.of(7, ReasonCode.NOT_AUTHORIZED, "why");
        assertEquals(withReason, within(full, sizeBytes - 1));
        int withReasonBytes = Packets.encode(withReason, MqttVersion.V5).length;
        assertEquals(withReason, within(full, withReasonBytes));
        assertEquals(PubAck.of(7, ReasonCode.NOT_AUTHORIZED), within(full, withReasonBytes - 1));
        assertEquals(PubAck.of(7, ReasonCode.NOT_AUTHORIZED), within(full, 5));
    }

    @Test
    void leavesThemOutOfEveryPacketThatMayHaveThem() {
        List<Packet> packets = List.of(
                ConnAck.builder(false, ReasonCode.BANNED)
                        .reasonString("why")
                        .userProperties(USER_PROPERTIES)
                        .build(),
                new PubRec(1, ReasonCode.QUOTA_EXCEEDED, "why", USER_PROPERTIES),
                new PubRel(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, "why", USER_PROPERTIES),
                new PubComp(1, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, "why", USER_PROPERTIES),
                new SubAck(1, List.of(ReasonCode.GRANTED_QOS_1), "why", USER_PROPERTIES),
                new Disconnect(ReasonCode.SERVER_BUSY, -1, "why", USER_PROPERTIES, null));
        for (Packet packet : packets) {
            String bare = Packets.describe(within(packet, 6));
            assertFalse(bare.contains("why") || bare.contains("value"), bare);
        }
    }

    @Test
    void writesNothingIfAPacketDoesNotFit() {
        ByteBuf out = Unpooled.buffer();
        assertFalse(Encoder.encode(PubAck.of(7, ReasonCode.NOT_AUTHORIZED), MqttVersion.V5, out, 4));
        Publish publish = Publish.of(TopicName.of("a"), 1, 1, new byte[100]);
        int sizeBytes = Packets.encode(publish, MqttVersion.V5).length;
        assertFalse(Encoder.encode(publish, MqttVersion.V5, out, sizeBytes - 1));
        assertEquals(0, out.readableBytes());
        assertTrue(Encoder.encode(publish, MqttVersion.V5, out, sizeBytes));
        assertEquals(sizeBytes, out.readableBytes());
    }

    @Test
    void writesNothingThatTheVersionHasNoFormFor() {
        ByteBuf out = Unpooled.buffer();
        for (Packet packet : List.of(
                ConnAck.refused(ReasonCode.MALFORMED_PACKET, null),
                PubAck.of(1, ReasonCode.QUOTA_EXCEEDED),
                PubRec.of(1, ReasonCode.NOT_AUTHORIZED),
                new Auth(ReasonCode.CONTINUE_AUTHENTICATION, "m", new byte[0], null, List.of()))) {
            assertFalse(Encoder.encode(packet, MqttVersion.V3_1_1, out, Packet.LARGEST_BYTES));
        }
        assertEquals(0, out.readableBytes());
    }

    @Test
    void saysIn3_1_1WhatItHasAFormFor() {
        assertBytes("20 02 00 05", ConnAck.refused(ReasonCode.BANNED, "why"));
        assertBytes("20 02 01 00", ConnAck.accepted(true).serverKeepAliveS(5).build());
        assertBytes("70 02 00 09", PubComp.of(9, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND));
        assertBytes(
                "90 05 00 09 01 80 80",
                SubAck.of(
                        9,
                        List.of(ReasonCode.GRANTED_QOS_1, ReasonCode.NOT_AUTHORIZED, ReasonCode.TOPIC_FILTER_INVALID)));
        assertBytes("E0 00", Disconnect.of(ReasonCode.SERVER_BUSY, "why"));
    }

    @ParameterizedTest
    @EnumSource
    void shortFormsAreTheSameBytes(MqttVersion version) {
        ByteBuf out = Unpooled.buffer();
        AckEncoder.pubAck(out, 0xFFFF);
        AckEncoder.pubRec(out, 1);
        AckEncoder.pubRel(out, 2);
        AckEncoder.pubComp(out, 0x8000);
        AckEncoder.pingResp(out);
        ByteBuf expected = Unpooled.buffer();
        for (Packet packet :
                List.of(PubAck.of(0xFFFF), PubRec.of(1), PubRel.of(2), PubComp.of(0x8000), PingResp.INSTANCE)) {
            if (packet instanceof Acknowledgement) {
                assertEquals(AckEncoder.SIZE_BYTES, Packets.encode(packet, version).length);
            }
            Encoder.encode(packet, version, expected, Packet.LARGEST_BYTES);
        }
        assertEquals(ByteBufUtil.hexDump(expected), ByteBufUtil.hexDump(out));
    }

    @ParameterizedTest
    @EnumSource
    void theSizeOfAPublishIsKnownBefore(MqttVersion version) {
        long seed = Long.getLong("codec.seed", System.nanoTime());
        System.out.println("codec.seed=" + seed);
        Random random = new Random(seed);
        for (int payloadBytes : new int[] {0, 1, 100, 115, 116, 117, 118, 119, 120, 16_370, 16_380, 2_097_150}) {
            byte[] topic = TopicName.of("a/b").utf8();
            byte[] properties = random.nextBoolean() ? Publish.NO_BYTES : Packets.hex("01 01");
            int[] ids = {1, 127, 128, 16_384, 268_435_455};
            byte[] payload = new byte[payloadBytes];
            ByteBuf out = Unpooled.buffer();
            PublishEncoder.encode(out, version, true, 1, false, topic, 5, 7, 9, ids, properties, payload);
            long sizeBytes = PublishEncoder.sizeBytes(version, 1, topic, 5, 9, ids, properties, payload);
            assertEquals(out.readableBytes(), sizeBytes);
            assertNotNull(Packets.decoder(Sender.SERVER, version).decode(out));
        }
    }

    @Test
    void refusesAFieldThatIsTooLong() {
        PubAck packet = PubAck.of(1, ReasonCode.NOT_AUTHORIZED, "x".repeat(65_536));
        assertThrows(IllegalArgumentException.class, () -> Packets.encode(packet, MqttVersion.V5));
    }

    private static void assertBytes(String hex, Packet packet) {
        assertArrayEquals(Packets.hex(hex), Packets.encode(packet, MqttVersion.V3_1_1));
    }

    /** What arrives if the packet is sent to a peer with this Maximum Packet Size. */
    private static Packet within(Packet packet, int maximumPacketSizeBytes) {
        ByteBuf out = Unpooled.buffer();
        assertTrue(Encoder.encode(packet, MqttVersion.V5, out, maximumPacketSizeBytes));
        assertTrue(out.readableBytes() <= maximumPacketSizeBytes);
        Packet decoded = Packets.decoder(Sender.SERVER, MqttVersion.V5).decode(out);
        assertNotNull(decoded);
        return decoded;
    }
}
