package io.perdure.recovery.sync;

import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.PacketReader;
import io.perdure.recovery.client.Version;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What the broker wrote to one client: the bytes, and when the write of each part began. */
final class SocketStream {

    /** A packet, and when the write began that held its first byte. */
    record Sent(Packet packet, long sequence) {}

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TreeMap<Integer, Long> sequenceByOffset = new TreeMap<>();

    /** @param written how much of the data the system took */
    void add(Note begin, long written) {
        if (written > 0) {
            sequenceByOffset.put(bytes.size(), begin.sequence());
            bytes.write(begin.data(), 0, (int) written);
        }
    }

    List<Sent> packets(Version version) throws IOException {
        ByteArrayInputStream in = new ByteArrayInputStream(bytes.toByteArray());
        PacketReader reader = new PacketReader(version, in);
        List<Sent> packets = new ArrayList<>();
        while (in.available() > 0) {
            int offset = bytes.size() - in.available();
            try {
                packets.add(new Sent(
                        reader.read(), sequenceByOffset.floorEntry(offset).getValue()));
            } catch (EOFException e) {
                break;
            }
        }
        return packets;
    }
}
