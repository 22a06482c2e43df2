package io.perdure.recovery.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client that is silent for too long is gone. */
@Timeout(60)
class KeepAliveTest {

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-24", v5 = "MQTT-3.1.2-22")
    void closesAfterOneAndAHalfOfTheKeepAlive(Protocol version) {
        try (Peer peer =
                Peer.connected(BROKER, version, new ConnectPacket(version, BROKER.unique("silent")).keepAlive(100))) {
            BROKER.advance(Duration.ofSeconds(140));
            peer.expectQuiet();
            BROKER.advance(Duration.ofSeconds(151));
            peer.expectDisconnect(0x8D);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.12.4-1", v5 = "MQTT-3.12.4-1")
    void answersAPing(Protocol version) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("pinging"))) {
            peer.send(Bytes.hex("c0 00"));
            Frame response = peer.next(PacketKind.PINGRESP);
            assertEquals(2, response.sizeBytes());
            assertEquals(0xD0, response.firstByte());
        }
    }
}
