package io.perdure.protocol.codec;

import io.perdure.protocol.codec.Decoder.Sender;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PacketType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Where inputs come from: the file of those to be kept, and generated packets of all kinds. */
final class Corpus {

    private static final String FILE = "fuzz-corpus.txt";

    private Corpus() {}

    /** The kept inputs: one a line, {@code #} begins a comment. */
    static List<FuzzInput> kept() {
        List<FuzzInput> inputs = new ArrayList<>();
        try (InputStream file = Objects.requireNonNull(Corpus.class.getResourceAsStream(FILE));
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String input = line.replaceFirst("#.*", "").strip();
                if (!input.isEmpty()) {
                    inputs.add(FuzzInput.parse(input));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return inputs;
    }

    /** Some packets of every kind, version and sender. */
    static List<FuzzInput> generated(Random random, int ofEachKind) {
        List<FuzzInput> inputs = new ArrayList<>();
        for (MqttVersion version : MqttVersion.values()) {
            for (Sender sender : Sender.values()) {
                PacketGenerator generator = new PacketGenerator(random, version, sender);
                for (PacketType type : generator.types()) {
                    for (int i = 0; i < ofEachKind; i++) {
                        inputs.add(input(generator.next(type), version, sender));
                    }
                }
            }
        }
        return inputs;
    }

    /** A valid packet. */
    static FuzzInput input(Packet packet, MqttVersion version, Sender sender) {
        return new FuzzInput(packet instanceof Connect ? null : version, sender, Packets.encode(packet, version));
    }
}
