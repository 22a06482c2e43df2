package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.server.config.BrokerConfig;
import io.perdure.storage.Command;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HandshakeTest {

    private final Rig rig = new Rig();

    @ParameterizedTest
    @EnumSource
    void acknowledgesAConnectOnlyWhenTheSessionIsDurable(MqttVersion version) {
        Rig.Client client = rig.client(version);
        client.send(Connect.builder(version, "a").build());
        rig.turn();
        assertTrue(client.received().isEmpty());
        rig.settle();
        ConnAck connAck = client.expect(ConnAck.class);
        assertEquals(ReasonCode.SUCCESS, connAck.reasonCode());
        assertFalse(connAck.sessionPresent());
        assertNotNull(rig.store.session("a"));
    }

    @Test
    void tellsAV5ClientTheLimits() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, "").build());
        rig.settle();
        ConnAck connAck = client.expect(ConnAck.class);
        assertEquals("auto-1", connAck.assignedClientId());
        assertEquals(1024, connAck.receiveMaximum());
        assertEquals(64, connAck.topicAliasMaximum());
        assertEquals(16 << 20, connAck.maximumPacketSizeBytes());
    }

    @Test
    void assignsAClientIdInV311OnlyWithCleanSession() {
        Rig.Client clean = rig.client(MqttVersion.V3_1_1);
        clean.send(Connect.builder(MqttVersion.V3_1_1, "").build());
        Rig.Client lasting = rig.client(MqttVersion.V3_1_1);
        lasting.sendBytes(0x10, 12, 0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0, 0, 0, 0);
        rig.settle();
        assertEquals(ReasonCode.SUCCESS, clean.expect(ConnAck.class).reasonCode());
        assertEquals(
                ReasonCode.CLIENT_IDENTIFIER_NOT_VALID,
                lasting.expect(ConnAck.class).reasonCode());
        assertTrue(lasting.wire.isClosed());
    }

    @Test
    void holdsWhatComesBeforeConnAck() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, "a").build(), new PingReq());
        client.send(new PingReq());
        assertTrue(client.wire.isPaused());
        assertTrue(client.wire.unread() > 0);
        rig.settle();
        List<Packet> packets = client.received();
        assertInstanceOf(ConnAck.class, packets.get(0));
        assertInstanceOf(PingResp.class, packets.get(1));
        assertInstanceOf(PingResp.class, packets.get(2));
        assertEquals(3, packets.size());
    }

    @Test
    void refusesAnotherFirstPacketWithoutAWord() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(new PingReq());
        assertTrue(client.wire.isClosed());
        assertTrue(client.received().isEmpty());
        assertEquals(1, rig.log.size());
    }

    @Test
    void refusesASecondConnect() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(Connect.builder(MqttVersion.V5, "a").build());
        assertEquals(ReasonCode.PROTOCOL_ERROR, client.expect(Disconnect.class).reasonCode());
        assertTrue(client.wire.isClosed());
    }

    @Test
    void refusesAnUnknownVersion() {
        Rig.Client five = rig.client(MqttVersion.V5);
        five.sendBytes(0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 6, 2, 0, 0, 0, 0, 0);
        assertEquals(
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION,
                five.expect(ConnAck.class).reasonCode());
        assertTrue(five.wire.isClosed());
    }

    @Test
    void refusesEnhancedAuthentication() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, "a")
                .authentication("SCRAM-SHA-1", new byte[] {1})
                .build());
        rig.settle();
        assertEquals(
                ReasonCode.BAD_AUTHENTICATION_METHOD,
                client.expect(ConnAck.class).reasonCode());
        assertTrue(client.wire.isClosed());
        assertNull(rig.store.session("a"));
    }

    @Test
    void ignoresUserNameAndPassword() {
        Rig.Client client = rig.client(MqttVersion.V3_1_1);
        client.send(Connect.builder(MqttVersion.V3_1_1, "a")
                .userName("u")
                .password(new byte[] {1})
                .build());
        rig.settle();
        assertEquals(ReasonCode.SUCCESS, client.expect(ConnAck.class).reasonCode());
    }

    @Test
    void closesWithoutAConnectInTime() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.sendBytes(0x10, 13, 0);
        rig.clock.advanceMs(10_000);
        rig.loop.tick();
        assertFalse(client.wire.isClosed());
        rig.clock.advanceMs(1);
        rig.loop.tick();
        assertTrue(client.wire.isClosed());
        assertTrue(client.received().isEmpty());
    }

    @Test
    void givesTheSessionExpiryThatTheVersionImplies() {
        rig.connected(MqttVersion.V3_1_1, "lasting");
        assertEquals(Command.NO_EXPIRY, rig.session("lasting").expiryS());
        Rig.Client clean = rig.client(MqttVersion.V3_1_1);
        clean.send(Connect.builder(MqttVersion.V3_1_1, "clean").build());
        rig.settle();
        assertEquals(0, rig.session("clean").expiryS());
        Rig limited = new Rig(BrokerConfig.defaults()
                .with("limits.session-expiry-maximum", "60s")
                .with("limits.keep-alive-maximum", "30s")
                .limits());
        Rig.Client five = limited.client(MqttVersion.V5);
        five.send(Connect.builder(MqttVersion.V5, "five").sessionExpiryS(3600).build());
        limited.settle();
        ConnAck connAck = five.expect(ConnAck.class);
        assertEquals(60, connAck.sessionExpiryS());
        assertEquals(30, connAck.serverKeepAliveS());
        assertEquals(60, limited.session("five").expiryS());
    }

    @Test
    void saysSessionPresentWhenTheSessionGoesOn() {
        Rig.Client first = rig.connected(MqttVersion.V5, "a");
        first.send(Disconnect.of(ReasonCode.SUCCESS));
        Rig.Client second = rig.client(MqttVersion.V5);
        second.send(Connect.builder(MqttVersion.V5, "a")
                .cleanStart(false)
                .sessionExpiryS(60)
                .build());
        rig.settle();
        assertTrue(second.expect(ConnAck.class).sessionPresent());
    }

    @Test
    void takesOverTheSessionOfAnotherConnection() {
        Rig.Client first = rig.connected(MqttVersion.V5, "a");
        Rig.Client second = rig.clientOnOtherLoop(MqttVersion.V5);
        second.send(Connect.builder(MqttVersion.V5, "a").cleanStart(false).build());
        rig.settle();
        assertEquals(
                ReasonCode.SESSION_TAKEN_OVER, first.expect(Disconnect.class).reasonCode());
        assertTrue(first.wire.isClosed());
        assertTrue(second.expect(ConnAck.class).sessionPresent());
        first.send(new PingReq());
        first.connection.closed();
        rig.settle();
        assertTrue(first.received().isEmpty());
        assertNotNull(rig.session("a").link());
    }

    @Test
    void closesAConnectionThatWasOvertakenBeforeItWasAttached() {
        rig.connected(MqttVersion.V5, "a");
        Rig.Client second = rig.client(MqttVersion.V5);
        Rig.Client third = rig.client(MqttVersion.V5);
        second.send(Connect.builder(MqttVersion.V5, "a").cleanStart(false).build());
        third.send(Connect.builder(MqttVersion.V5, "a").cleanStart(false).build());
        rig.settle();
        assertTrue(second.expect(ConnAck.class).reasonCode().isError());
        assertTrue(second.wire.isClosed());
        assertEquals(ReasonCode.SUCCESS, third.expect(ConnAck.class).reasonCode());
        assertFalse(third.wire.isClosed());
    }

    @Test
    void letsGoOfASessionWhoseConnectionWasLostMeanwhile() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, "a").sessionExpiryS(60).build());
        client.connection.closed();
        rig.settle();
        assertNull(rig.session("a").link());
        assertTrue(client.received().isEmpty());
    }

    @Test
    void refusesAClientThatCanNotTakeWhatConnAckHasToSay() {
        Rig.Client watcher = rig.connected(MqttVersion.V5, "a");
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(
                Connect.builder(MqttVersion.V5, "a").maximumPacketSizeBytes(15).build());
        rig.settle();
        ConnAck connAck = client.expect(ConnAck.class);
        assertEquals(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, connAck.reasonCode());
        assertNull(connAck.reasonString());
        assertTrue(client.wire.isClosed());
        assertFalse(watcher.wire.isClosed());
    }

    @Test
    void refusesASurplusConnectionInAnswerToItsConnect() {
        FakeWire wire = new FakeWire(rig.lane);
        Connection connection = rig.loop.openSurplus(wire, "peer");
        wire.connect(connection);
        assertFalse(wire.isClosed());
        ByteBuf bytes = Unpooled.buffer();
        assertTrue(Encoder.encode(Connect.builder(MqttVersion.V3_1_1, "a").build(), MqttVersion.V3_1_1, bytes, 100));
        wire.receive(bytes);
        assertEquals(0x20020003, wire.sent().readInt());
        assertTrue(wire.isClosed());
        assertNull(rig.store.session("a"));
    }

    @Test
    void refusesAConnectionWhileItStops() {
        Rig.Client attaching = rig.client(MqttVersion.V5);
        attaching.send(Connect.builder(MqttVersion.V5, "a").sessionExpiryS(60).build());
        rig.loop.stop();
        assertEquals(
                ReasonCode.SERVER_UNAVAILABLE, attaching.expect(ConnAck.class).reasonCode());
        rig.settle();
        assertEquals(
                Command.DetachReason.BROKER_STOPS, rig.session("a").lastDetach().reason());
        assertTrue(rig.client(MqttVersion.V5).wire.isClosed());
    }
}
