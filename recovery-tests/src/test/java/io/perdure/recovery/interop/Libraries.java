package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import java.util.List;
import java.util.stream.Stream;

/** All foreign client libraries; ends what they have running. */
final class Libraries implements AutoCloseable {

    private final List<Library> all =
            List.of(new HiveMq3(), new HiveMq5(), new Paho3(), new Paho5(), new Mosquitto(), new MqttJs());

    /** Every library in every version that it speaks. */
    List<Candidate> candidates() {
        return all.stream()
                .flatMap(library -> Stream.of(MqttVersion.values())
                        .filter(library.versions()::contains)
                        .map(version -> new Candidate(library, version)))
                .toList();
    }

    @Override
    public void close() {
        for (Library library : all) {
            library.close();
        }
    }
}
