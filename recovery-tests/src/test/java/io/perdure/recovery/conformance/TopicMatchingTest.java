package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which filters get what is published [4.7]. */
@Timeout(120)
class TopicMatchingTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static final String END = "end/of/what/there/is/to/get";

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("io.perdure.recovery.conformance.TopicTable#filters")
    @Proves(
            v311 = {"MQTT-4.7.1-2", "MQTT-4.7.1-3", "MQTT-4.7.2-1", "MQTT-4.7.3-4", "MQTT-3.3.2-3", "MQTT-3.8.3-2"},
            v5 = {"MQTT-4.7.1-1", "MQTT-4.7.1-2", "MQTT-4.7.2-1", "MQTT-4.7.3-4", "MQTT-3.3.2-3"},
            choices = {"dollar-topics", "topic-levels"})
    void deliversToAFilterWhatItMatches(Protocol version, String filter, List<String> expected) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("matching"))) {
            assertEquals(0, peer.subscribe(1, END, 0));
            assertEquals(0, peer.subscribe(2, filter, 0));
            for (String name : TopicTable.NAMES) {
                peer.publish(0, name, 0, "x");
            }
            peer.publish(0, END, 0, "the end");
            List<String> got = new ArrayList<>();
            Frame.Publish publish = peer.next(PacketKind.PUBLISH).publish();
            while (!publish.text().equals("the end")) {
                got.add(publish.topic());
                publish = peer.next(PacketKind.PUBLISH).publish();
            }
            assertEquals(expected, got);
        }
    }
}
