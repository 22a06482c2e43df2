package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Wills that wait: for their Will Delay Interval, for the end of their session, for the broker to be back. */
@Timeout(60)
class WillDelayTest {

    private static final long NEVER = 0xFFFF_FFFFL;

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static ConnectPacket connect(Watcher watcher, String clientId, long expiryS, long delayS) {
        return new ConnectPacket(Protocol.MQTT_5, clientId)
                .resume()
                .properties(property32(Property.SESSION_EXPIRY, expiryS))
                .will(watcher.topic("will"), clientId, 1, false, property32(Property.WILL_DELAY, delayS));
    }

    private static void lose(ConnectPacket connect) {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect)) {
            peer.drop();
        }
        BROKER.settle();
    }

    @ParameterizedTest
    @CsvSource({"100,1000", "100,4294967295", "1000,100", "4294967295,100"})
    @Proves(v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-7", "MQTT-3.1.2-10"})
    void isPublishedAfterTheDelayOrTheSessionWhicheverIsShorter(long expiryS, long delayS) {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            lose(connect(watcher, clientId, expiryS, delayS));
            BROKER.advance(Duration.ofSeconds(90));
            watcher.expectNothing();
            BROKER.advance(Duration.ofSeconds(11));
            watcher.expect("will", clientId);
            BROKER.advance(Duration.ofSeconds(1000));
            watcher.expectNothing();
        }
    }

    @ParameterizedTest
    @CsvSource({"0,0", "0,100", "0,4294967295", "100,0", "4294967295,0"})
    @Proves(v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-10"})
    void isPublishedAtOnceWithoutADelayOrWithTheEndOfTheSession(long expiryS, long delayS) {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            lose(connect(watcher, clientId, expiryS, delayS));
            watcher.expect("will", clientId);
            watcher.expectNothing();
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.3-9", "MQTT-3.1.2-8"})
    void isNotPublishedIfTheClientIsBackBefore() {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            for (int i = 0; i < 3; i++) {
                lose(connect(watcher, clientId, 1000, 100));
                BROKER.advance(Duration.ofSeconds(90));
            }
            ConnectPacket withoutWill = new ConnectPacket(Protocol.MQTT_5, clientId).durable();
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, withoutWill)) {
                BROKER.advance(Duration.ofSeconds(1000));
                watcher.expectNothing();
                peer.drop();
            }
            BROKER.settle();
            BROKER.advance(Duration.ofSeconds(1000));
            watcher.expectNothing();
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-8", "MQTT-3.1.2-4"})
    void isPublishedIfTheClientIsBackWithACleanStart() {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            lose(connect(watcher, clientId, 1000, 100));
            watcher.expectNothing();
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, clientId)) {
                watcher.expect("will", clientId);
                peer.disconnect();
            }
            watcher.expectNothing();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-8")
    void isPublishedBeforeAnswerIfTheSessionIsOverWhenTheClientIsBack() {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            lose(connect(watcher, clientId, 100, 1000));
            BROKER.advance(Duration.ofSeconds(101));
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(watcher, clientId, 100, 1000))) {
                watcher.expect("will", clientId);
                peer.disconnect();
            }
            watcher.expectNothing();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-8")
    void followsTheExpiryThatDisconnectSets() {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(watcher, clientId, NEVER, 1000))) {
                peer.send(packet(0xE0, u8(0x04), properties(property32(Property.SESSION_EXPIRY, 100))));
                peer.expectClosed();
            }
            watcher.expectNothing();
            BROKER.advance(Duration.ofSeconds(101));
            watcher.expect("will", clientId);
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(watcher, clientId, NEVER, 1000))) {
                peer.send(packet(0xE0, u8(0x04), properties(property32(Property.SESSION_EXPIRY, 0))));
                peer.expectClosed();
            }
            watcher.expect("will", clientId);
        }
    }

    @Test
    @Proves(v5 = {"MQTT-3.14.4-3", "MQTT-3.1.2-10"})
    void isDiscardedByANormalDisconnectThoughItIsDelayed() {
        String clientId = BROKER.unique("mortal");
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(watcher, clientId, 1000, 100))) {
                peer.send(hex("e0 00"));
                peer.expectClosed();
            }
            BROKER.settle();
            BROKER.advance(Duration.ofSeconds(2000));
            watcher.expectNothing();
        }
    }

    /** A subscriber that finds after a restart what was published meanwhile. */
    private static final class Heir implements AutoCloseable {

        final String topic = BROKER.unique("will");
        private final String clientId = BROKER.unique("heir");
        private Peer peer = connected();

        Heir() {
            peer.subscribe(1, topic, 1);
        }

        private Peer connected() {
            return Peer.connected(BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).durable());
        }

        void comeBack() {
            peer.close();
            peer = connected();
        }

        void expect(String payload) {
            Frame.Publish will = peer.nextPublish(payload);
            peer.acknowledge(PacketKind.PUBACK, will.packetId());
        }

        void expectNothing() {
            try (Peer publisher = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("marking"))) {
                publisher.publishAcknowledged(topic, 1, "marker");
                publisher.disconnect();
            }
            expect("marker");
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    private static ConnectPacket toHeir(Protocol version, String topic, String clientId, int delayS) {
        ConnectPacket connect = new ConnectPacket(version, clientId).durable();
        return version == Protocol.MQTT_5
                ? connect.will(topic, clientId, 1, false, property32(Property.WILL_DELAY, delayS))
                : connect.will(topic, clientId, 1, false);
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-8", choices = "will-delay-on-restart")
    void goesOnWaitingWhileTheBrokerIsDown() {
        try (Heir heir = new Heir()) {
            String clientId = BROKER.unique("mortal");
            lose(toHeir(Protocol.MQTT_5, heir.topic, clientId, 200));
            BROKER.restartAfter(Duration.ofSeconds(100));
            heir.comeBack();
            BROKER.advance(Duration.ofSeconds(90));
            heir.expectNothing();
            BROKER.advance(Duration.ofSeconds(11));
            heir.expect(clientId);
            lose(toHeir(Protocol.MQTT_5, heir.topic, clientId, 200));
            BROKER.restartAfter(Duration.ofSeconds(201));
            heir.comeBack();
            heir.expect(clientId);
            heir.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-8", v5 = "MQTT-3.1.2-8", choices = "will-delay-on-restart")
    void isPublishedAfterARestartIfItsClientIsNotBackInTime(Protocol version) {
        try (Heir heir = new Heir()) {
            String clientId = BROKER.unique("mortal");
            String clean = BROKER.unique("mortal");
            ConnectPacket withCleanStart = new ConnectPacket(version, clean).will(heir.topic, clean, 1, false);
            try (Peer peer = Peer.connected(BROKER, version, toHeir(version, heir.topic, clientId, 0));
                    Peer other = Peer.connected(BROKER, version, withCleanStart)) {
                BROKER.restart();
                peer.expectDisconnect(0x8B);
                other.expectDisconnect(0x8B);
            }
            heir.comeBack();
            heir.expectNothing();
            BROKER.advance(Duration.ofSeconds(11)); // will-grace is 10 s
            heir.peer.next(PacketKind.PUBLISH);
            heir.peer.next(PacketKind.PUBLISH);
            heir.expectNothing();
            BROKER.restart();
            heir.comeBack();
            heir.peer.next(PacketKind.PUBLISH);
            heir.peer.next(PacketKind.PUBLISH);
            BROKER.advance(Duration.ofSeconds(11));
            heir.expectNothing();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.1.2-8", v5 = "MQTT-3.1.3-9", choices = "will-delay-on-restart")
    void isNotPublishedAfterARestartIfItsClientIsBackInTime(Protocol version) {
        try (Heir heir = new Heir()) {
            String clientId = BROKER.unique("mortal");
            String clean = BROKER.unique("mortal");
            ConnectPacket withCleanStart = new ConnectPacket(version, clean).will(heir.topic, clean, 1, false);
            try (Peer peer = Peer.connected(BROKER, version, toHeir(version, heir.topic, clientId, 0));
                    Peer other = Peer.connected(BROKER, version, withCleanStart)) {
                BROKER.restart();
                peer.expectDisconnect(0x8B);
                other.expectDisconnect(0x8B);
            }
            heir.comeBack();
            try (Peer peer = Peer.open(BROKER, version);
                    Peer other = Peer.open(BROKER, version)) {
                assertTrue(peer.handshake(new ConnectPacket(version, clientId).durable())
                        .sessionPresent());
                assertFalse(other.handshake(new ConnectPacket(version, clean).durable())
                        .sessionPresent());
                BROKER.advance(Duration.ofSeconds(100));
                heir.expectNothing();
                peer.disconnect();
                other.disconnect();
            }
            heir.expectNothing();
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-8", choices = "will-delay-on-restart")
    void waitsForItsDelayAfterAStopOfTheBroker() {
        try (Heir heir = new Heir()) {
            String clientId = BROKER.unique("mortal");
            try (Peer peer =
                    Peer.connected(BROKER, Protocol.MQTT_5, toHeir(Protocol.MQTT_5, heir.topic, clientId, 300))) {
                BROKER.restartAfter(Duration.ofSeconds(100));
                peer.expectDisconnect(0x8B);
            }
            heir.comeBack();
            BROKER.advance(Duration.ofSeconds(190));
            heir.expectNothing();
            BROKER.advance(Duration.ofSeconds(20));
            heir.expect(clientId);
        }
    }
}
