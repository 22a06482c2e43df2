package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.property32;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long a session outlives its connection in 5.0. */
@Timeout(60)
class SessionExpiryTest {

    private static final long NEVER = 0xFFFF_FFFFL;

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static ConnectPacket connect(String clientId, long expiryS) {
        return new ConnectPacket(Protocol.MQTT_5, clientId)
                .resume()
                .properties(property32(Property.SESSION_EXPIRY, expiryS));
    }

    private static byte[] disconnect(int reasonCode, long expiryS) {
        return packet(0xE0, u8(reasonCode), properties(property32(Property.SESSION_EXPIRY, expiryS)));
    }

    /** Connects for a moment. */
    private static void visit(String clientId, long expiryS) {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(clientId, expiryS))) {
            peer.disconnect();
        }
        BROKER.settle();
    }

    /** Connects for a moment, and gives the session this expiry at the end. */
    private static void visit(String clientId, long expiryS, byte[] disconnect) {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(clientId, expiryS))) {
            peer.send(disconnect);
            peer.expectClosed();
        }
        BROKER.settle();
    }

    private static void assertPresent(boolean expected, String clientId, long expiryS) {
        try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            Frame.ConnAck connAck = peer.handshake(connect(clientId, expiryS));
            assertEquals(expected, connAck.sessionPresent());
            assertFalse(connAck.properties().has(Property.SESSION_EXPIRY));
            peer.disconnect();
        }
        BROKER.settle();
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void endsWithTheConnectionIfItIsZeroOrNotGiven() {
        String clientId = BROKER.unique("client");
        visit(clientId, 0);
        assertPresent(false, clientId, 0);
        try (Peer peer =
                Peer.connected(BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).resume())) {
            peer.drop();
        }
        BROKER.settle();
        assertPresent(false, clientId, 0);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2", "MQTT-3.2.2-3"})
    void endsWhenItIsOver() {
        String clientId = BROKER.unique("client");
        visit(clientId, 100);
        BROKER.advance(Duration.ofSeconds(90));
        assertPresent(true, clientId, 100);
        BROKER.advance(Duration.ofSeconds(90)); // counted from the end of the last connection
        assertPresent(true, clientId, 100);
        BROKER.advance(Duration.ofSeconds(101));
        assertPresent(false, clientId, 100);
    }

    @Test
    @Proves(v5 = "MQTT-4.1.0-1")
    void countsFromTheEndOfTheConnectionNotFromItsBeginning() {
        String clientId = BROKER.unique("client");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(clientId, 100))) {
            BROKER.advance(Duration.ofSeconds(1000));
            BROKER.settle();
            peer.drop();
        }
        BROKER.settle();
        BROKER.advance(Duration.ofSeconds(90));
        assertPresent(true, clientId, 100);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void goesOnWhileTheBrokerIsDown() {
        String clientId = BROKER.unique("client");
        String other = BROKER.unique("client");
        visit(clientId, 100);
        visit(other, 300);
        BROKER.restartAfter(Duration.ofSeconds(90));
        assertPresent(true, clientId, 100);
        BROKER.restartAfter(Duration.ofSeconds(101));
        assertPresent(false, clientId, 100);
        assertPresent(true, other, 300);
    }

    @Test
    @Proves(v5 = "MQTT-4.1.0-2")
    void countsFromTheStopOfTheBrokerForThoseWhoWereConnected() {
        String clientId = BROKER.unique("client");
        String other = BROKER.unique("client");
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, connect(clientId, 100));
                Peer otherPeer = Peer.connected(BROKER, Protocol.MQTT_5, connect(other, 50))) {
            BROKER.advance(Duration.ofSeconds(1000));
            BROKER.restartAfter(Duration.ofSeconds(90));
            peer.expectDisconnect(0x8B);
            otherPeer.expectDisconnect(0x8B);
        }
        assertPresent(true, clientId, 100);
        assertPresent(false, other, 50);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void neverEndsAtTheHighestValue() {
        String clientId = BROKER.unique("client");
        String almost = BROKER.unique("client");
        visit(clientId, NEVER);
        visit(almost, NEVER - 1);
        BROKER.restartAfter(Duration.ofDays(49_709));
        assertPresent(true, almost, NEVER - 1);
        BROKER.advance(Duration.ofDays(49_712)); // 0xFFFFFFFF s are 49,710 days and some hours
        assertPresent(true, clientId, NEVER);
        assertPresent(false, almost, NEVER - 1);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void isThatOfTheLastConnection() {
        String clientId = BROKER.unique("client");
        visit(clientId, NEVER);
        visit(clientId, 10);
        BROKER.advance(Duration.ofSeconds(11));
        assertPresent(false, clientId, NEVER);
        visit(clientId, 0);
        assertPresent(false, clientId, 0);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void isShortenedByDisconnect() {
        String clientId = BROKER.unique("client");
        visit(clientId, 1000, disconnect(0, 10));
        BROKER.advance(Duration.ofSeconds(9));
        assertPresent(true, clientId, 1000);
        visit(clientId, 1000, disconnect(0, 10));
        BROKER.advance(Duration.ofSeconds(11));
        assertPresent(false, clientId, 1000);
        visit(clientId, 1000, disconnect(0, 0));
        assertPresent(false, clientId, 1000);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void isProlongedByDisconnectAlsoOverARestart() {
        String clientId = BROKER.unique("client");
        String forEver = BROKER.unique("client");
        visit(clientId, 10, disconnect(0, 1000));
        visit(forEver, 1, disconnect(4, NEVER));
        BROKER.restartAfter(Duration.ofSeconds(901));
        assertPresent(true, clientId, 0);
        BROKER.advance(Duration.ofDays(10_000));
        assertPresent(true, forEver, 0);
    }

    @Test
    @Proves(v5 = {"MQTT-3.1.2-23", "MQTT-4.1.0-2"})
    void isLeftAsItIsByADisconnectThatSaysNothing() {
        String clientId = BROKER.unique("client");
        for (String bytes : new String[] {"e0 00", "e0 01 00", "e0 02 00 00", "e0 01 04", "e0 01 80"}) {
            visit(clientId, 1000, hex(bytes));
            BROKER.advance(Duration.ofSeconds(901));
            assertPresent(true, clientId, 1000);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 1000, NEVER})
    @Proves(v5 = {"MQTT-4.13.1-1", "MQTT-3.14.2-2", "MQTT-3.1.2-8"})
    void isNotRaisedFromZeroByDisconnect(long expiryS) {
        try (Watcher watcher = new Watcher(BROKER, Protocol.MQTT_5)) {
            String clientId = BROKER.unique("client");
            try (Peer peer = Peer.connected(
                    BROKER,
                    Protocol.MQTT_5,
                    connect(clientId, 0).will(watcher.topic("will"), "not a valid DISCONNECT", 1, false))) {
                peer.send(disconnect(0, expiryS));
                Frame.Disconnect answer = peer.expectDisconnect(0x82);
                assertFalse(answer.properties().has(Property.SESSION_EXPIRY));
            }
            watcher.expect("will", "not a valid DISCONNECT");
            assertPresent(false, clientId, 0);
        }
    }

    @Test
    @Proves(v5 = "MQTT-4.1.0-2")
    void mayBeSetToZeroWhereItIsZero() {
        String clientId = BROKER.unique("client");
        visit(clientId, 0, disconnect(0, 0));
        assertPresent(false, clientId, 0);
    }
}
