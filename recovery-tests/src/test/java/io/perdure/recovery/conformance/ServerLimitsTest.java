package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker that grants less than its clients ask for says so, and keeps to it. */
@Timeout(60)
class ServerLimitsTest {

    private static final int MAXIMUM_CONNECTIONS = 4;

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with(
            "limits.keep-alive-maximum", "60s",
            "limits.session-expiry-maximum", "100s",
            "limits.maximum-connections", Integer.toString(MAXIMUM_CONNECTIONS));

    @ParameterizedTest
    @CsvSource({"0,60,90", "61,60,90", "65535,60,90", "60,60,90", "40,40,60"})
    @Proves(
            v5 = {"MQTT-3.1.2-22", "MQTT-3.2.2-22"},
            choices = "server-keep-alive")
    void measuresByTheKeepAliveThatItTells(int wantedS, int grantedS, int timeoutS) {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("silent")).keepAlive(wantedS);
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(connect);
            if (wantedS == grantedS) {
                assertFalse(connAck.properties().has(Property.SERVER_KEEP_ALIVE));
            } else {
                assertEquals(grantedS, connAck.properties().number(Property.SERVER_KEEP_ALIVE));
            }
            BROKER.advanceAndLook(Duration.ofSeconds(timeoutS - 5));
            peer.expectQuiet();
            BROKER.advance(Duration.ofSeconds(timeoutS + 1));
            peer.expectDisconnect(0x8D);
        }
    }

    @Test
    @Proves(v311 = "MQTT-3.1.2-24", choices = "server-keep-alive")
    void leavesTheirKeepAliveToClientsThatItCanNotTell() {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_3_1_1, BROKER.unique("silent"));
        ConnectPacket limited = new ConnectPacket(Protocol.MQTT_3_1_1, BROKER.unique("silent")).keepAlive(80);
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_3_1_1, connect.keepAlive(0));
                Peer limitedPeer = Peer.connected(BROKER, Protocol.MQTT_3_1_1, limited)) {
            BROKER.advanceAndLook(Duration.ofSeconds(88));
            limitedPeer.expectQuiet();
            BROKER.advance(Duration.ofSeconds(115));
            limitedPeer.expectQuiet();
            BROKER.advance(Duration.ofSeconds(121));
            limitedPeer.expectDisconnect(0x8D);
            peer.expectQuiet();
        }
    }

    private static Frame.ConnAck visit(ConnectPacket connect, byte[] disconnect) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(connect);
            assertEquals(0, connAck.reasonCode());
            peer.send(disconnect);
            peer.expectClosed();
            BROKER.settle();
            return connAck;
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"},
            choices = "session-expiry-maximum")
    void tellsTheSessionExpiryThatItGrantsAndKeepsToIt() {
        for (long wantedS : new long[] {101, 1000, 0xFFFF_FFFFL}) {
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("client"))
                    .resume()
                    .properties(property32(Property.SESSION_EXPIRY, wantedS));
            byte[] disconnect = packet(0xE0, u8(0), properties(property32(Property.SESSION_EXPIRY, wantedS)));
            Frame.ConnAck first = visit(connect, Bytes.hex("e0 00"));
            assertEquals(100, first.properties().number(Property.SESSION_EXPIRY));
            BROKER.advance(Duration.ofSeconds(90));
            assertTrue(visit(connect, Bytes.hex("e0 00")).sessionPresent());
            BROKER.advance(Duration.ofSeconds(101));
            assertFalse(visit(connect, disconnect).sessionPresent());
            BROKER.advance(Duration.ofSeconds(90));
            assertTrue(visit(connect, disconnect).sessionPresent());
            BROKER.advance(Duration.ofSeconds(101));
            assertFalse(visit(connect, disconnect).sessionPresent());
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.1.2-23", choices = "session-expiry-maximum")
    void doesNotTellTheSessionExpiryThatWasAskedFor() {
        for (long wantedS : new long[] {0, 1, 100}) {
            ConnectPacket connect = new ConnectPacket(Protocol.MQTT_5, BROKER.unique("client"))
                    .properties(property32(Property.SESSION_EXPIRY, wantedS));
            assertFalse(visit(connect, Bytes.hex("e0 00")).properties().has(Property.SESSION_EXPIRY));
        }
    }

    @Test
    @Proves(choices = "session-expiry-3.1.1")
    void limitsTheSessionsOf311Too() {
        ConnectPacket connect = new ConnectPacket(Protocol.MQTT_3_1_1, BROKER.unique("client")).resume();
        for (int seconds : new int[] {90, 101}) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_3_1_1, connect)) {
                peer.disconnect();
            }
            BROKER.settle();
            BROKER.advance(Duration.ofSeconds(seconds));
            try (Peer peer = Peer.open(BROKER, Protocol.MQTT_3_1_1)) {
                assertEquals(seconds < 100, peer.handshake(connect).sessionPresent());
                peer.disconnect();
            }
            BROKER.settle();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Proves(v311 = "MQTT-3.2.2-5", v5 = "MQTT-3.2.2-7", choices = "too-many-connections")
    void refusesAConnectionThatIsOneTooMany(Protocol version) {
        List<Peer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < MAXIMUM_CONNECTIONS; i++) {
                peers.add(Peer.connected(BROKER, version, BROKER.unique("client")));
            }
            try (Peer surplus = Peer.open(BROKER, version)) {
                surplus.send(new ConnectPacket(version, BROKER.unique("surplus")).bytes());
                surplus.expectRefusal(version == Protocol.MQTT_5 ? 0x97 : 0x03);
            }
            peers.forEach(Peer::expectQuiet);
        } finally {
            peers.forEach(Peer::drop);
        }
    }
}
