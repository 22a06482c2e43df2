package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PublishProperties;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the tests of the codec have in common. */
final class Packets {

    /** Looking them up takes longer than decoding a packet. */
    private static final ClassValue<RecordComponent[]> COMPONENTS = new ClassValue<>() {
        @Override
        protected RecordComponent[] computeValue(Class<?> type) {
            return type.getRecordComponents();
        }
    };

    private Packets() {}

    /** All components of a packet, arrays by their content: equal if the packets are. */
    static String describe(@Nullable Object value) {
        return describe(value, false);
    }

    /** The same, but the order of forwarded properties counts among those of one name only. */
    static String describeMeaning(@Nullable Object value) {
        return describe(value, true);
    }

    private static String describe(@Nullable Object value, boolean meaning) {
        if (value instanceof byte[] bytes) {
            return ByteBufUtil.hexDump(bytes);
        }
        if (value instanceof int[] ints) {
            return Arrays.toString(ints);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(e -> describe(e, meaning)).toList().toString();
        }
        if (!(value instanceof Record)) {
            return String.valueOf(value);
        }
        List<String> parts = new ArrayList<>();
        for (RecordComponent component : COMPONENTS.get(value.getClass())) {
            Object part = part(value, component);
            if (meaning && part instanceof byte[] bytes && component.getName().equals("properties")) {
                part = PublishProperties.decode(bytes);
            }
            parts.add(component.getName() + "=" + describe(part, meaning));
        }
        return value.getClass().getSimpleName() + parts;
    }

    private static @Nullable Object part(Object value, RecordComponent component) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    static Decoder decoder(Sender sender, MqttVersion version) {
        Decoder decoder = new Decoder(sender, new DecodeScratch(), Packet.LARGEST_BYTES);
        decoder.setVersion(version);
        return decoder;
    }

    /** A decoder that takes the packet: without a version if it is a CONNECT. */
    static Decoder decoderFor(Packet packet, Sender sender, MqttVersion version) {
        return packet instanceof Connect
                ? new Decoder(sender, new DecodeScratch(), Packet.LARGEST_BYTES)
                : decoder(sender, version);
    }

    static byte[] encode(Packet packet, MqttVersion version) {
        ByteBuf out = Unpooled.buffer();
        if (!Encoder.encode(packet, version, out, Packet.LARGEST_BYTES)) {
            throw new IllegalArgumentException("not encodable: " + packet);
        }
        return ByteBufUtil.getBytes(out);
    }

    /** From hexadecimal digits with spaces. */
    static byte[] hex(String digits) {
        return ByteBufUtil.decodeHexDump(digits.replace(" ", ""));
    }
}
