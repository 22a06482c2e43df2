package io.perdure.protocol.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.PublishProperties;
import io.perdure.protocol.packet.UserProperty;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ForwardedPropertiesTest {

    private static final String USER_A = "26 00 01 61 00 01 62 ";
    private static final String USER_B = "26 00 01 63 00 00 ";
    private static final String CONTENT_TYPE = "03 00 01 78 ";
    private static final String EXPIRY = "02 00 00 00 0A ";
    private static final String ALIAS = "23 00 05 ";
    private static final String ID = "0B 80 01 ";

    @Test
    void keepTheirOrderAndEncodingAmongOthers() {
        Publish publish = decode(USER_A + EXPIRY + CONTENT_TYPE + ID + ALIAS + USER_B + ID);
        assertArrayEquals(Packets.hex(USER_A + CONTENT_TYPE + USER_B), publish.properties());
        assertEquals(10, publish.messageExpiryS());
        assertEquals(5, publish.topicAlias());
        assertArrayEquals(new int[] {128, 128}, publish.subscriptionIds());
    }

    @Test
    void areTheWholeListIfThereIsNothingElse() {
        assertArrayEquals(Packets.hex(USER_B + USER_A), decode(USER_B + USER_A).properties());
    }

    @Test
    void areTheSharedEmptyArrayIfThereAreNone() {
        assertSame(Publish.NO_BYTES, decode("").properties());
        assertSame(Publish.NO_BYTES, decode(EXPIRY).properties());
    }

    @Test
    void canBeSeenDecoded() {
        Publish publish = decode(USER_A + "01 01" + CONTENT_TYPE + "08 00 01 72" + "09 00 01 FF" + USER_B);
        PublishProperties properties = publish.publishProperties();
        assertEquals(1, properties.payloadFormatIndicator());
        assertEquals("x", properties.contentType());
        assertEquals("r", properties.responseTopic());
        assertArrayEquals(new byte[] {-1}, properties.correlationData());
        assertEquals(List.of(new UserProperty("a", "b"), new UserProperty("c", "")), properties.userProperties());
    }

    @Test
    void canBeDecodedAndEncoded() {
        long seed = Long.getLong("codec.seed", System.nanoTime());
        System.out.println("codec.seed=" + seed);
        PacketGenerator generator = new PacketGenerator(new Random(seed), MqttVersion.V5, Sender.CLIENT);
        for (int i = 0; i < 1000; i++) {
            PublishProperties properties = generator.publishProperties();
            assertEquals(Packets.describe(properties), Packets.describe(PublishProperties.decode(properties.encode())));
        }
        assertEquals(PublishProperties.NONE, PublishProperties.decode(Publish.NO_BYTES));
    }

    @Test
    void thatAreNoneAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> PublishProperties.decode(Packets.hex("03 00 05 78")));
        assertThrows(IllegalArgumentException.class, () -> PublishProperties.decode(Packets.hex(EXPIRY)));
        assertThrows(IllegalArgumentException.class, () -> PublishProperties.decode(Packets.hex("01")));
    }

    /** A PUBLISH of a server with these properties. */
    private static Publish decode(String properties) {
        byte[] bytes = Packets.hex(properties);
        ByteBuf in = Unpooled.buffer().writeByte(0x30).writeByte(4 + bytes.length);
        in.writeShort(1).writeByte('t').writeByte(bytes.length).writeBytes(bytes);
        return assertInstanceOf(
                Publish.class, Packets.decoder(Sender.SERVER, MqttVersion.V5).decode(in));
    }
}
