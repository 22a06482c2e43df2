package io.perdure.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.util.ReferenceCountUtil;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What Netty's codec and this one make of the same packet, and in which class a disagreement is. */
final class NettyOracle {

    /** Netty's limit for packets; inputs are shorter. */
    private static final int LARGEST_BYTES = 1 << 20;

    private static final Pattern NUMBERS = Pattern.compile("[0-9]+");
    private static final Pattern PACKET_TYPES = Pattern.compile(
            Stream.of(PacketType.values()).map(PacketType::name).collect(Collectors.joining("|", "\\b(", ")\\b")));

    private final DecodeScratch scratch = new DecodeScratch();

    /**
     * A disagreement.
     *
     * @param version of the connection or of the CONNECT; null if there is none
     * @param name what tells the class from others
     */
    record Difference(@Nullable MqttVersion version, String name) {}

    /**
     * Compares.
     *
     * @param input one packet that is complete
     * @return null if both agree
     */
    @Nullable
    Difference compare(FuzzInput input) {
        Packet packet = null;
        DecodeException refusal = null;
        Decoder decoder = input.decoder(scratch, Packet.LARGEST_BYTES);
        try {
            packet = decoder.decode(Unpooled.wrappedBuffer(input.bytes()));
        } catch (DecodeException e) {
            refusal = e;
        }
        String name = compare(input, packet, refusal);
        return name == null ? null : new Difference(refusal == null ? decoder.version() : refusal.version(), name);
    }

    private @Nullable String compare(FuzzInput input, @Nullable Packet packet, @Nullable DecodeException refusal) {
        List<MqttMessage> messages = new ArrayList<>();
        EmbeddedChannel netty = open(input.version());
        try {
            Throwable failure = read(netty, input.bytes(), messages);
            if (failure == null && messages.isEmpty()) {
                return "Netty waits for more than the packet";
            }
            if (refusal != null) {
                return failure != null ? null : "refused here: " + normal(refusal.getMessage());
            }
            if (packet == null) {
                throw new IllegalArgumentException("not complete: " + input);
            }
            if (failure != null) {
                return "refused by Netty: " + normal(String.valueOf(failure.getMessage()));
            }
            if (messages.size() > 1) {
                return "Netty finds several packets in one";
            }
            return compare(input, packet, netty, messages.remove(0));
        } finally {
            messages.forEach(ReferenceCountUtil::release);
            netty.finishAndReleaseAll();
        }
    }

    /** A channel that knows the version, from a CONNECT. */
    private static EmbeddedChannel open(@Nullable MqttVersion version) {
        EmbeddedChannel netty = new EmbeddedChannel(MqttEncoder.INSTANCE, new MqttDecoder(LARGEST_BYTES));
        if (version != null) {
            byte[] connect = Packets.encode(Connect.builder(version, "c").build(), version);
            netty.writeInbound(Unpooled.wrappedBuffer(connect));
            ReferenceCountUtil.release(netty.readInbound());
        }
        return netty;
    }

    /** Has Netty decode; returns why it refuses, or null. */
    private static @Nullable Throwable read(EmbeddedChannel netty, byte[] bytes, List<MqttMessage> messages) {
        netty.writeInbound(Unpooled.copiedBuffer(bytes));
        for (MqttMessage message = netty.readInbound(); message != null; message = netty.readInbound()) {
            messages.add(message);
            if (!message.decoderResult().isSuccess()) {
                return message.decoderResult().cause();
            }
        }
        return null;
    }

    /** Has Netty write what it has read, and reads that here. */
    private @Nullable String compare(FuzzInput input, Packet packet, EmbeddedChannel netty, MqttMessage message) {
        MqttVersion version = packet instanceof Connect connect ? connect.version() : input.version();
        ByteBuf out = Unpooled.buffer();
        try {
            netty.writeOutbound(message);
        } catch (RuntimeException e) {
            return "not written by Netty: " + normal(String.valueOf(e.getMessage()));
        }
        for (ByteBuf part = netty.readOutbound(); part != null; part = netty.readOutbound()) {
            out.writeBytes(part);
            part.release();
        }
        try {
            FuzzInput again = new FuzzInput(packet instanceof Connect ? null : version, input.sender(), new byte[0]);
            Packet back = again.decoder(scratch, Packet.LARGEST_BYTES).decode(out);
            if (Packets.describeMeaning(packet).equals(Packets.describeMeaning(back))) {
                return null;
            }
            return "read differently: " + packet.type();
        } catch (DecodeException e) {
            return "written by Netty so that it is refused here: " + normal(e.getMessage());
        }
    }

    /** A message without what differs within a class: numbers and the kind of packet. */
    private static String normal(String message) {
        return PACKET_TYPES.matcher(NUMBERS.matcher(message).replaceAll("N")).replaceAll("PACKET");
    }
}
