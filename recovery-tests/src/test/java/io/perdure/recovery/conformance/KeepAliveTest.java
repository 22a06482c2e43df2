package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
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

    private static Peer connected(Protocol version, int keepAliveS) {
        return Peer.connected(
                BROKER, version, new ConnectPacket(version, BROKER.unique("silent")).keepAlive(keepAliveS));
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-3.1.2-24",
            v5 = {"MQTT-3.1.2-22", "MQTT-3.2.2-22"})
    void closesAfterOneAndAHalfOfTheKeepAlive(Protocol version) {
        try (Peer peer = connected(version, 100)) {
            BROKER.advanceAndLook(Duration.ofSeconds(141));
            peer.expectQuiet();
            BROKER.advanceAndLook(Duration.ofSeconds(141));
            BROKER.advance(Duration.ofSeconds(10));
            peer.expectDisconnect(0x8D);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-24", v5 = "MQTT-3.1.2-22")
    void hearsAnyPacketOfTheClient(Protocol version) {
        String topic = BROKER.unique("topic");
        try (Peer peer = connected(version, 100)) {
            BROKER.advanceAndLook(Duration.ofSeconds(141));
            peer.publish(0x02, topic, 1, "a message");
            peer.next(PacketKind.PUBACK);
            BROKER.advanceAndLook(Duration.ofSeconds(141));
            assertEquals(2, peer.subscribe(1, topic, 2));
            BROKER.advanceAndLook(Duration.ofSeconds(141));
            peer.publish(0, topic, 0, "to itself");
            peer.nextPublish("to itself");
            BROKER.advanceAndLook(Duration.ofSeconds(141));
            peer.acknowledge(PacketKind.PUBREL, 9);
            peer.next(PacketKind.PUBCOMP);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-24", v5 = "MQTT-3.1.2-22")
    void doesNotHearWhatItSendsItself(Protocol version) {
        String topic = BROKER.unique("topic");
        try (Peer publisher = Peer.connected(BROKER, version, BROKER.unique("publisher"));
                Peer peer = connected(version, 100)) {
            peer.subscribe(1, topic, 0);
            BROKER.advance(Duration.ofSeconds(100));
            publisher.publish(0, topic, 0, "to the silent one");
            peer.nextPublish("to the silent one");
            BROKER.advance(Duration.ofSeconds(51));
            peer.expectDisconnect(0x8D);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-24", v5 = "MQTT-3.1.2-22", choices = "keep-alive-partial-packet")
    void doesNotHearAPartOfAPacket(Protocol version) {
        try (Peer peer = connected(version, 100)) {
            BROKER.advance(Duration.ofSeconds(100));
            peer.send(hex("30 7f 00"));
            BROKER.settle(); // the broker has read it
            BROKER.advance(Duration.ofSeconds(51));
            peer.expectDisconnect(0x8D);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(
            v311 = "MQTT-3.1.2-24",
            v5 = "MQTT-3.1.2-22",
            choices = {"keep-alive-zero", "server-keep-alive"})
    void waitsForEverIfThereIsNone(Protocol version) {
        try (Peer peer = connected(version, 0)) {
            BROKER.advanceAndLook(Duration.ofHours(25));
            BROKER.advanceAndLook(Duration.ofHours(25));
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-24", v5 = "MQTT-3.1.2-22")
    void takesTheLongestKeepAlive(Protocol version) {
        try (Peer peer = connected(version, 0xFFFF)) {
            BROKER.advanceAndLook(Duration.ofSeconds(97_501));
            peer.expectQuiet();
            BROKER.advance(Duration.ofSeconds(98_303));
            peer.expectDisconnect(0x8D);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.12.4-1", v5 = "MQTT-3.12.4-1")
    void answersAPing(Protocol version) {
        try (Peer peer = Peer.connected(BROKER, version, BROKER.unique("pinging"))) {
            peer.send(hex("c0 00"));
            Frame response = peer.next();
            assertEquals(2, response.sizeBytes());
            assertEquals(0xD0, response.firstByte());
            peer.send(hex("c0 00 c0 00 c0 00"));
            for (int i = 0; i < 3; i++) {
                peer.next(PacketKind.PINGRESP);
            }
            peer.expectQuiet();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v5 = "MQTT-4.13.1-1")
    void refusesAPingThatIsMalformedOrAnAnswer(Protocol version) {
        for (String bytes : new String[] {"c0 01 00", "c1 00", "c8 00", "d1 00"}) {
            BROKER.refuses(version, 0x81, hex(bytes));
        }
        BROKER.refuses(version, 0x82, hex("d0 00"));
    }
}
