package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PingResp;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.Will;
import io.perdure.protocol.topic.TopicName;
import io.perdure.storage.Command.DetachReason;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndingTest {

    private final Rig rig = new Rig();

    private Rig.Client withWill(String clientId, long sessionExpiryS) {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, clientId)
                .sessionExpiryS(sessionExpiryS)
                .will(Will.of(TopicName.of("wills"), new byte[] {'w'}, 1, false))
                .build());
        rig.settle();
        client.expect(ConnAck.class);
        return client;
    }

    @Test
    void discardsTheWillAtANormalDisconnect() {
        Rig.Client watcher = rig.connected(MqttVersion.V5, "watcher");
        watcher.subscribe("wills", 0);
        withWill("a", 60).send(Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        assertEquals(DetachReason.CLIENT_LEFT, rig.session("a").lastDetach().reason());
        assertTrue(watcher.received().isEmpty());
    }

    @Test
    void publishesTheWillIfTheClientWantsItOrIsLost() {
        Rig.Client watcher = rig.connected(MqttVersion.V5, "watcher");
        watcher.subscribe("wills", 0);
        withWill("a", 60).send(Disconnect.of(ReasonCode.DISCONNECT_WITH_WILL_MESSAGE));
        rig.settle();
        watcher.expect(Publish.class);
        withWill("b", 60).connection.closed();
        rig.settle();
        watcher.expect(Publish.class);
    }

    @Test
    void takesANewSessionExpiryFromDisconnect() {
        withWill("a", 60).send(new Disconnect(ReasonCode.SUCCESS, 5, null, List.of(), null));
        rig.settle();
        assertEquals(5, rig.session("a").expiryS());
    }

    @Test
    void refusesASessionExpiryInDisconnectWhereConnectHadNone() {
        Rig.Client client = withWill("a", 0);
        client.send(new Disconnect(ReasonCode.SUCCESS, 5, null, List.of(), null));
        assertEquals(ReasonCode.PROTOCOL_ERROR, client.expect(Disconnect.class).reasonCode());
        assertTrue(client.wire.isClosed());
    }

    @Test
    void ignoresWhatComesAfterDisconnect() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(Disconnect.of(ReasonCode.SUCCESS), new PingReq());
        rig.settle();
        assertTrue(client.received().isEmpty());
        assertEquals(0, client.wire.unread());
        assertNull(rig.session("a").link());
    }

    @Test
    void answersAPing() {
        Rig.Client client = rig.connected(MqttVersion.V3_1_1, "a");
        client.send(new PingReq());
        rig.settle();
        client.expect(PingResp.class);
    }

    @Test
    void endsASilentConnection() {
        Rig.Client client = rig.client(MqttVersion.V5);
        client.send(Connect.builder(MqttVersion.V5, "a").keepAliveS(10).build());
        rig.settle();
        client.expect(ConnAck.class);
        rig.clock.advanceMs(14_000);
        client.send(new PingReq());
        rig.settle();
        client.expect(PingResp.class);
        rig.clock.advanceMs(14_000);
        client.sendBytes(0xC0); // a part of a packet does not count
        rig.clock.advanceMs(999);
        rig.loop.tick();
        assertFalse(client.wire.isClosed());
        rig.clock.advanceMs(1);
        rig.loop.tick();
        assertEquals(
                ReasonCode.KEEP_ALIVE_TIMEOUT, client.expect(Disconnect.class).reasonCode());
        assertTrue(client.wire.isClosed());
    }

    @Test
    void sendsNoDisconnectToAnOlderClient() {
        Rig.Client client = rig.connected(MqttVersion.V3_1_1, "a");
        client.sendBytes(0xF0, 0);
        assertTrue(client.received().isEmpty());
        assertTrue(client.wire.isClosed());
    }

    @Test
    void refusesAuth() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.sendBytes(0xF0, 6, 0x19, 4, 0x15, 0, 1, 'm');
        assertEquals(ReasonCode.PROTOCOL_ERROR, client.expect(Disconnect.class).reasonCode());
    }

    @Test
    void saysWhyAMalformedPacketEndsTheConnectionAndLogsOneLine() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a\nb");
        client.sendBytes(0x36, 3, 0, 1, 'a');
        Disconnect disconnect = client.expect(Disconnect.class);
        assertEquals(ReasonCode.MALFORMED_PACKET, disconnect.reasonCode());
        assertFalse(String.valueOf(disconnect.reasonString()).isEmpty());
        rig.settle();
        assertEquals(
                DetachReason.CONNECTION_LOST, rig.session("a\nb").lastDetach().reason());
        assertEquals(1, rig.log.size());
        assertTrue(rig.log.get(0).startsWith("peer, client 'a?b': "), rig.log.get(0));
    }

    @Test
    void refusesAnOversizedPacketFromItsHeader() {
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.sendBytes(0x30, 0xFF, 0xFF, 0xFF, 0x7F);
        assertEquals(
                ReasonCode.PACKET_TOO_LARGE, client.expect(Disconnect.class).reasonCode());
        assertTrue(client.wire.isClosed());
    }

    @Test
    void keepsWhatCameBeforeTheErrorInTheSameBurst() {
        Rig.Client subscriber = rig.connected(MqttVersion.V5, "s");
        subscriber.subscribe("t", 1);
        Rig.Client client = rig.connected(MqttVersion.V5, "a");
        client.send(
                Rig.publish("t", 1, 1, "x"),
                Connect.builder(MqttVersion.V5, "a").build());
        rig.settle();
        assertEquals("x", Rig.payload(subscriber.expect(Publish.class)));
    }

    @Test
    void saysGoodbyeWhenTheBrokerStops() {
        Rig.Client five = rig.connected(MqttVersion.V5, "five");
        Rig.Client older = rig.connected(MqttVersion.V3_1_1, "older");
        rig.loop.stop();
        rig.settle();
        assertEquals(
                ReasonCode.SERVER_SHUTTING_DOWN, five.expect(Disconnect.class).reasonCode());
        assertTrue(older.received().isEmpty());
        assertTrue(five.wire.isClosed());
        assertTrue(older.wire.isClosed());
        assertEquals(DetachReason.BROKER_STOPS, rig.session("five").lastDetach().reason());
        assertEquals(
                DetachReason.BROKER_STOPS, rig.session("older").lastDetach().reason());
    }

    @Test
    void limitsTheLogLinesOfAllClientsTogether() {
        for (int i = 0; i < 25; i++) {
            rig.client(MqttVersion.V5).sendBytes(0, 0);
        }
        assertEquals(10, rig.log.size());
        rig.clock.advanceMs(1000);
        rig.loop.tick();
        assertEquals(11, rig.log.size());
        assertEquals("15 more such lines were left out", rig.log.get(10));
    }
}
