package io.perdure.protocol.codec;

import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** What has to hold for every input of a decoder. One thread. */
final class DecoderChecks {

    /** The Maximum Packet Size of the decoders: smaller than what inputs may say. */
    static final int MAXIMUM_PACKET_BYTES = 10_000;

    /** What is decoded, how far, and how it ended. */
    record Outcome(List<Packet> packets, List<String> described, String end) {

        boolean isSameAs(Outcome other) {
            return described.equals(other.described) && end.equals(other.end);
        }

        /** Inputs that differ in this have gone different ways through the decoder. */
        String way() {
            StringBuilder way = new StringBuilder(end.replaceAll("[0-9]+", "N"));
            for (Packet packet : packets) {
                way.append(' ').append(packet.type());
            }
            return way.toString();
        }
    }

    /** What decoding a packet may allocate, whatever is in it: a refusal with its message, the first parts of lists. */
    private static final int ALLOCATED_BYTES = 1_024;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final DecodeScratch scratch = new DecodeScratch();
    private final UnpooledByteBufAllocator untracked = new UnpooledByteBufAllocator(true, true);
    private final Random random;

    DecoderChecks(Random random) {
        this.random = random;
    }

    /**
     * Decodes in many ways.
     *
     * @throws AssertionError if something does not hold that should
     */
    Outcome check(FuzzInput input) {
        Outcome outcome = decodeWhole(input, Unpooled.wrappedBuffer(input.bytes()));
        assertSame("direct buffer", outcome, decodeWhole(input, direct(input.bytes())));
        assertSame("slice of an array", outcome, decodeWhole(input, slice(input.bytes())));
        int partBytes = input.bytes().length <= 200 ? 1 : 1 + random.nextInt(input.bytes().length);
        assertSame("in parts of " + partBytes, outcome, decodeParts(input, partBytes));
        assertSame("composite", outcome, decodeWhole(input, composite(input.bytes())));
        checkAllocation(input);
        checkEncoding(input, outcome);
        return outcome;
    }

    private static void assertSame(String what, Outcome expected, Outcome actual) {
        if (!expected.isSameAs(actual)) {
            throw new AssertionError(what + ": " + actual + " instead of " + expected);
        }
    }

    private ByteBuf direct(byte[] bytes) {
        return untracked.directBuffer(bytes.length + 1).writeBytes(bytes);
    }

    private ByteBuf slice(byte[] bytes) {
        byte[] larger = new byte[bytes.length + 9];
        random.nextBytes(larger);
        System.arraycopy(bytes, 0, larger, 5, bytes.length);
        return Unpooled.wrappedBuffer(larger, 3, bytes.length + 2).skipBytes(2);
    }

    private ByteBuf composite(byte[] bytes) {
        int cut = random.nextInt(bytes.length + 1);
        CompositeByteBuf result = untracked.compositeHeapBuffer(2);
        result.addComponent(true, Unpooled.copiedBuffer(Arrays.copyOf(bytes, cut)));
        return result.addComponent(true, Unpooled.copiedBuffer(Arrays.copyOfRange(bytes, cut, bytes.length)));
    }

    private Outcome decodeWhole(FuzzInput input, ByteBuf in) {
        Collector collector = new Collector(input);
        collector.decode(in);
        in.release();
        return collector.outcome();
    }

    private Outcome decodeParts(FuzzInput input, int partBytes) {
        Collector collector = new Collector(input);
        ByteBuf in = untracked.heapBuffer(input.bytes().length);
        for (int at = 0; at < input.bytes().length && !collector.isRefused(); at += partBytes) {
            in.writeBytes(input.bytes(), at, Math.min(partBytes, input.bytes().length - at));
            collector.decode(in);
        }
        in.release();
        return collector.outcome();
    }

    /** Measured on what was decoded before, so that no class is loaded and no string concatenation set up. */
    private void checkAllocation(FuzzInput input) {
        Decoder decoder = input.decoder(scratch, MAXIMUM_PACKET_BYTES);
        ByteBuf in = Unpooled.wrappedBuffer(input.bytes());
        while (decodesWithinBounds(decoder, in)) {}
        in.release();
    }

    /** Decodes one packet and checks what that allocates; false if there is none. */
    static boolean decodesWithinBounds(Decoder decoder, ByteBuf in) {
        int begin = in.readerIndex();
        boolean decoded = false;
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            decoded = decoder.decode(in) != null;
        } catch (DecodeException e) {
            // what was allocated until then counts
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        int sizeBytes = decoded ? in.readerIndex() - begin : in.readableBytes();
        if (allocated > allocationBound(sizeBytes)) {
            throw new AssertionError(allocated + " bytes allocated for " + sizeBytes);
        }
        return decoded;
    }

    /** What decoding a packet of that size may allocate: small ones may consist of list elements, large ones may not. */
    private static long allocationBound(int sizeBytes) {
        return ALLOCATED_BYTES + Math.min(32L * sizeBytes, 6L * sizeBytes + 150L * WireReader.MAXIMUM_ELEMENTS);
    }

    /** What was decoded can be encoded, and is the same when it is decoded again; encoding that gives the same bytes. */
    private void checkEncoding(FuzzInput input, Outcome outcome) {
        @Nullable MqttVersion version = input.version();
        for (int i = 0; i < outcome.packets().size(); i++) {
            Packet packet = outcome.packets().get(i);
            if (packet instanceof Connect connect) {
                version = connect.version();
            }
            if (version == null) {
                throw new AssertionError(packet + " before CONNECT");
            }
            byte[] encoded = Packets.encode(packet, version);
            Packet again = Packets.decoderFor(packet, input.sender(), version).decode(Unpooled.wrappedBuffer(encoded));
            if (again == null
                    || !Packets.describe(again).equals(outcome.described().get(i))) {
                throw new AssertionError(packet + " comes back as " + again);
            }
            if (!Arrays.equals(encoded, Packets.encode(again, version))) {
                throw new AssertionError(packet + " is encoded in two ways");
            }
        }
    }

    /** Decodes and keeps what comes. */
    private final class Collector {

        private final Decoder decoder;
        private final List<Packet> packets = new ArrayList<>();
        private final List<String> described = new ArrayList<>();
        private @Nullable DecodeException refusal;
        private int consumedBytes;

        Collector(FuzzInput input) {
            decoder = input.decoder(scratch, MAXIMUM_PACKET_BYTES);
        }

        boolean isRefused() {
            return refusal != null;
        }

        void decode(ByteBuf in) {
            int begin = in.readerIndex();
            try {
                for (Packet packet = decoder.decode(in); packet != null; packet = decoder.decode(in)) {
                    packets.add(packet);
                    described.add(Packets.describe(packet));
                }
            } catch (DecodeException e) {
                refusal = e;
                if (!e.reasonCode().isError() || e.getMessage().length() > 100) {
                    throw new AssertionError("no way to refuse: " + e.reasonCode() + " " + e.getMessage());
                }
            }
            consumedBytes += in.readerIndex() - begin;
        }

        Outcome outcome() {
            String how = refusal == null
                    ? "waits"
                    : "refused with " + refusal.reasonCode() + " in " + refusal.version() + ": " + refusal.getMessage();
            return new Outcome(packets, described, how + " after " + consumedBytes + " bytes");
        }
    }
}
