package io.perdure.recovery.conformance;

import static io.perdure.recovery.conformance.Bytes.binary;
import static io.perdure.recovery.conformance.Bytes.hex;
import static io.perdure.recovery.conformance.Bytes.join;
import static io.perdure.recovery.conformance.Bytes.packet;
import static io.perdure.recovery.conformance.Bytes.properties;
import static io.perdure.recovery.conformance.Bytes.propertyText;
import static io.perdure.recovery.conformance.Bytes.u8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Enhanced authentication is not offered: a client that wants it is told so, and AUTH has no place. */
@Timeout(60)
class AuthTest {

    private static final byte[] METHOD = propertyText(Property.AUTHENTICATION_METHOD, "SCRAM-SHA-256");
    private static final byte[] DATA = join(u8(Property.AUTHENTICATION_DATA), binary((byte) 1, (byte) 0));

    @RegisterExtension
    static final LiveBroker BROKER = LiveBroker.with();

    private static byte[] auth(int reasonCode, byte[]... properties) {
        return packet(0xF0, u8(reasonCode), properties(properties));
    }

    @Test
    @Proves(
            v5 = {"MQTT-4.12.0-1", "MQTT-4.12.0-4", "MQTT-4.12.0-5", "MQTT-4.12.0-2", "MQTT-3.15.2-1", "MQTT-3.1.4-2"},
            choices = "enhanced-authentication")
    void isRefusedWithAnyAuthenticationMethod() {
        for (byte[] wanted : new byte[][] {
            METHOD,
            join(METHOD, DATA),
            join(DATA, METHOD),
            propertyText(Property.AUTHENTICATION_METHOD, ""),
            propertyText(Property.AUTHENTICATION_METHOD, "OAUTHBEARER")
        }) {
            try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
                peer.send(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("client"))
                        .properties(wanted)
                        .bytes());
                Frame.ConnAck connAck = peer.expectRefusal(0x8C);
                assertFalse(connAck.properties().has(Property.AUTHENTICATION_METHOD));
                assertFalse(connAck.properties().has(Property.AUTHENTICATION_DATA));
            }
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-4.12.0-1", "MQTT-4.12.0-3", "MQTT-3.1.2-30"},
            choices = "enhanced-authentication")
    void isNotGoneOnWithAfterTheRefusal() {
        String clientId = BROKER.unique("client");
        try (Peer connected = Peer.connected(
                        BROKER, Protocol.MQTT_5, new ConnectPacket(Protocol.MQTT_5, clientId).durable());
                Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
            peer.send(
                    new ConnectPacket(Protocol.MQTT_5, clientId)
                            .properties(METHOD, DATA)
                            .bytes(),
                    auth(0x18, METHOD, DATA));
            peer.expectRefusal(0x8C);
            connected.expectQuiet(); // nobody has taken its place
        }
    }

    @Test
    @Proves(
            v5 = {"MQTT-4.12.0-6", "MQTT-4.12.0-7", "MQTT-4.12.1-1", "MQTT-4.12.1-2", "MQTT-4.13.1-1"},
            choices = "enhanced-authentication")
    void endsAConnectionThatHasNoMethod() {
        for (byte[] auth :
                new byte[][] {hex("f0 00"), auth(0x18, METHOD, DATA), auth(0x19, METHOD), auth(0x19, METHOD, DATA)}) {
            try (Peer peer = Peer.open(BROKER, Protocol.MQTT_5)) {
                Frame.ConnAck connAck = peer.handshake(new ConnectPacket(Protocol.MQTT_5, BROKER.unique("client")));
                assertEquals(0, connAck.reasonCode());
                assertFalse(connAck.properties().has(Property.AUTHENTICATION_METHOD));
                peer.expectQuiet();
                peer.send(auth);
                peer.expectDisconnect(0x82);
            }
        }
    }

    @Test
    @Proves(v5 = "MQTT-3.15.1-1")
    void isMalformedWithAnyFlag() {
        for (int flags = 1; flags <= 0xF; flags++) {
            try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("client"))) {
                peer.send(u8(0xF0 | flags), hex("00"));
                peer.expectDisconnect(0x81);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f0 01 01", "f0 02 17 00", "f0 02 87 00", "f0 03 18 01 15", "f0 06 18 04 24 00 01 6d"})
    @Proves(v5 = {"MQTT-3.15.2-1", "MQTT-4.13.1-1"})
    void isMalformedWithAnotherReasonCodeOrProperty(String bytes) {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_5, BROKER.unique("client"))) {
            peer.send(hex(bytes));
            peer.expectDisconnect(0x81);
        }
    }

    @Test
    void doesNotExistIn311() {
        try (Peer peer = Peer.connected(BROKER, Protocol.MQTT_3_1_1, BROKER.unique("client"))) {
            peer.send(hex("f0 00"));
            peer.expectClosed();
        }
    }
}
