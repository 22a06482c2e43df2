package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which filters get which retained messages [4.7]. */
@Timeout(120)
class RetainedMatchingTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @ParameterizedTest(name = "[{index}] {0}")
    @MethodSource("io.perdure.recovery.conformance.TopicTable#filters")
    @Proves(
            v311 = {"MQTT-4.7.2-1", "MQTT-4.7.3-4", "MQTT-3.3.1-6"},
            v5 = {"MQTT-4.7.2-1", "MQTT-4.7.3-4", "MQTT-3.3.1-9"})
    void sendsToAFilterTheRetainedMessagesThatItMatches(Protocol version, String filter, List<String> expected) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("matching"))) {
            for (String name : TopicTable.NAMES) {
                peer.publish(0x01, name, 0, "x");
            }
            // behind all of them, and durable
            assertEquals(0, peer.publishAcknowledged(BROKER.unique("last"), 1, "x") & 0x80);
            peer.subscribe(1, filter, 0);
            List<String> got = new ArrayList<>();
            for (int i = 0; i < expected.size(); i++) {
                Frame.Publish publish = peer.next(PacketKind.PUBLISH).publish();
                assertTrue(publish.retain());
                got.add(publish.topic());
            }
            assertEquals(
                    expected.stream().sorted().toList(), got.stream().sorted().toList());
            peer.expectQuiet();
        }
    }
}
