package io.perdure.recovery.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketRoundTripTest {

    private static Packet read(Version version, String hex) throws IOException {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
        return new PacketReader(version, new ByteArrayInputStream(bytes)).read();
    }

    private static Packet again(Version version, Packet packet) throws IOException {
        byte[] bytes = new PacketWriter(version).encode(packet);
        return new PacketReader(version, new ByteArrayInputStream(bytes)).read();
    }

    @Test
    void encodesConnectAsTheSpecificationShowsIt() {
        Packet.Connect connect = new Packet.Connect(
                Version.V5, "c", false, 10, null, Properties.NONE.with(Properties.SESSION_EXPIRY, 0xFFFF_FFFFL));
        assertEquals(
                "10 13 00 04 4d 51 54 54 05 00 00 0a 05 11 ff ff ff ff 00 01 63",
                HexFormat.ofDelimiter(" ").formatHex(new PacketWriter(Version.V5).encode(connect)));
        Packet.Connect older = new Packet.Connect(
                Version.V3_1_1, "c", true, 0, new WillMessage("w", new byte[] {1}, 1, true, 0), Properties.NONE);
        assertEquals(
                "10 13 00 04 4d 51 54 54 04 2e 00 00 00 01 63 00 01 77 00 01 01",
                HexFormat.ofDelimiter(" ").formatHex(new PacketWriter(Version.V3_1_1).encode(older)));
        Packet.Connect oldest = new Packet.Connect(Version.V3_1, "c", true, 0, null, Properties.NONE);
        assertEquals(
                "10 0f 00 06 4d 51 49 73 64 70 03 02 00 00 00 01 63",
                HexFormat.ofDelimiter(" ").formatHex(new PacketWriter(Version.V3_1).encode(oldest)));
    }

    @Test
    void readsWhatItWrites() throws IOException {
        for (Version version : Version.values()) {
            Packet.Publish publish =
                    new Packet.Publish(true, 2, true, "a/ü", 65_535, Properties.NONE, new byte[] {7, 8});
            Packet.Publish read = (Packet.Publish) again(version, publish);
            assertEquals("a/ü", read.topic());
            assertEquals(65_535, read.packetId());
            assertArrayEquals(new byte[] {7, 8}, read.payload());
            Packet ack = new Packet.Ack(Packet.Step.PUBREL, 3, 0);
            assertEquals(ack, again(version, ack));
            Packet subAck = new Packet.SubAck(9, version == Version.V3_1 ? List.of(0, 2) : List.of(0, 2, 0x80));
            assertEquals(subAck, again(version, subAck));
        }
    }

    @Test
    void marksAPubrelThatIsSentAgainInV31Only() {
        Packet ack = new Packet.Ack(Packet.Step.PUBREL, 3, 0, true);
        assertEquals(0x6A, new PacketWriter(Version.V3_1).encode(ack)[0]);
        assertEquals(0x62, new PacketWriter(Version.V3_1_1).encode(ack)[0]);
    }

    @Test
    void readsProperties() throws IOException {
        Packet.Publish publish =
                (Packet.Publish) read(Version.V5, "32 0f 00 01 74 00 05 08 02 00 00 00 0a 0b 80 01 70");
        assertEquals(10, publish.properties().number(Properties.MESSAGE_EXPIRY, -1));
        assertEquals(128, publish.properties().number(Properties.SUBSCRIPTION_ID, -1));
        assertEquals(5, publish.packetId());
    }

    @Test
    void refusesWhatABrokerMustNotSend() {
        assertThrows(ProtocolViolation.class, () -> read(Version.V5, "36 06 00 01 74 00 05 00"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V5, "32 06 00 01 74 00 00 00"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V5, "38 04 00 01 74 00"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V5, "60 02 00 01"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V3_1_1, "40 03 00 01 00"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V3_1_1, "20 02 01 05"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V3_1, "20 02 01 00"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V3_1, "90 03 00 01 80"));
        assertThrows(
                ProtocolViolation.class, () -> read(Version.V5, "30 0f 00 01 74 0a 02 00 00 00 0a 02 00 00 00 0a 70"));
        assertThrows(ProtocolViolation.class, () -> read(Version.V5, "82 06 00 01 00 00 01 61"));
    }
}
