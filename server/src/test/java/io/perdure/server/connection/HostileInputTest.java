package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.PingReq;
import io.perdure.protocol.packet.PubAck;
import io.perdure.protocol.packet.PubComp;
import io.perdure.protocol.packet.PubRec;
import io.perdure.protocol.packet.PubRel;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.packet.Unsubscribe;
import io.perdure.protocol.topic.TopicName;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Clients that send anything in any order: each gets what it deserves, and the others notice nothing. */
class HostileInputTest {

    private static final MqttVersion[] VERSIONS = MqttVersion.values();
    private static final int CLIENTS = 400;
    private static final int BURSTS = 30;

    private final Rig rig = new Rig();

    @Test
    void nothingThatAClientSendsBreaksTheBroker() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("HostileInputTest -Dseed=" + seed);
        Random random = new Random(seed);
        Rig.Client bystander = rig.connected(MqttVersion.V5, "bystander");
        bystander.subscribe("bystander", 1);
        for (int i = 0; i < CLIENTS; i++) {
            MqttVersion version = VERSIONS[random.nextInt(VERSIONS.length)];
            Rig.Client client = random.nextBoolean() ? rig.client(version) : rig.clientOnOtherLoop(version);
            for (int burst = 0; burst < BURSTS && !client.wire.isClosed(); burst++) {
                client.wire.receive(burst(random, version, burst == 0));
                if (random.nextInt(3) > 0) {
                    rig.settle();
                }
                if (random.nextInt(20) == 0) {
                    client.wire.setCapacity(random.nextInt(3) * 1000L);
                }
                client.received().forEach(HostileInputTest::assertNoInternalError);
            }
            if (random.nextBoolean()) {
                client.connection.closed();
            }
            rig.settle();
            client.received().forEach(HostileInputTest::assertNoInternalError);
        }
        rig.session("bystander");
        assertFalse(bystander.wire.isClosed());
        Rig.Client publisher = rig.connected(MqttVersion.V5, "publisher");
        publisher.send(Rig.publish("bystander", 1, 1, "still here"));
        rig.settle();
        assertEquals("still here", Rig.payload(bystander.expect(Publish.class)));
    }

    @Test
    void memoryThatRunsOutForOneSubscriberCostsTheOthersNothing() {
        Rig.Client full = rig.connected(MqttVersion.V5, "full");
        full.subscribe("a", 1);
        Rig.Client well = rig.connected(MqttVersion.V5, "well");
        well.subscribe("a", 1);
        Rig.Client publisher = rig.connected(MqttVersion.V5, "publisher");
        full.wire.runOutOfMemory();
        publisher.send(Rig.publish("a", 1, 1, "message"));
        rig.settle();
        assertTrue(full.wire.isClosed());
        assertEquals(1, publisher.expect(PubAck.class).packetId());
        assertEquals("message", Rig.payload(well.expect(Publish.class)));
    }

    private static void assertNoInternalError(Packet packet) {
        if (packet instanceof Disconnect disconnect) {
            assertNotEquals(ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, disconnect.reasonCode());
        }
    }

    private static ByteBuf burst(Random random, MqttVersion version, boolean first) {
        ByteBuf bytes = Unpooled.buffer();
        if (first && random.nextInt(20) > 0) {
            encode(connect(random, version), version, bytes);
        }
        int undamaged = bytes.readableBytes(); // a damaged CONNECT might be answered in the words of another version
        for (int i = random.nextInt(6); i >= 0; i--) {
            encode(packet(random), version, bytes);
        }
        if (random.nextInt(25) == 0) {
            bytes.setByte(random.nextInt(undamaged, bytes.readableBytes()), random.nextInt(256));
        }
        return bytes;
    }

    private static void encode(Packet packet, MqttVersion version, ByteBuf out) {
        Encoder.encode(packet, version, out, Packet.LARGEST_BYTES);
    }

    private static Connect connect(Random random, MqttVersion version) {
        return Connect.builder(version, "c" + random.nextInt(10))
                .cleanStart(random.nextBoolean())
                .sessionExpiryS(version == MqttVersion.V5 ? random.nextInt(3) * 30L : 0)
                .receiveMaximum(version == MqttVersion.V5 ? 1 + random.nextInt(10) : 65_535)
                .maximumPacketSizeBytes(version == MqttVersion.V5 && random.nextInt(4) == 0 ? 60 : Packet.LARGEST_BYTES)
                .topicAliasMaximum(version == MqttVersion.V5 ? random.nextInt(4) : 0)
                .build();
    }

    private static Packet packet(Random random) {
        int packetId = 1 + random.nextInt(8);
        return switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> publish(random, packetId);
            case 4 -> PubAck.of(packetId);
            case 5 -> PubRec.of(packetId, random.nextInt(8) == 0 ? ReasonCode.QUOTA_EXCEEDED : ReasonCode.SUCCESS);
            case 6 -> PubRel.of(packetId);
            case 7 -> PubComp.of(packetId);
            case 8, 9 -> Subscribe.of(packetId, SubscriptionRequest.of(filter(random), random.nextInt(3)));
            case 10 ->
                random.nextInt(4) > 0
                        ? Unsubscribe.of(packetId, filter(random))
                        : Disconnect.of(random.nextBoolean() ? ReasonCode.SUCCESS : ReasonCode.UNSPECIFIED_ERROR);
            default -> new PingReq();
        };
    }

    private static Publish publish(Random random, int packetId) {
        int qos = random.nextInt(3);
        byte[] payload = new byte[random.nextInt(4) == 0 ? 0 : random.nextInt(100)];
        return new Publish(
                qos > 0 && random.nextBoolean(),
                qos,
                random.nextInt(5) == 0,
                TopicName.of("t" + random.nextInt(4)),
                qos == 0 ? 0 : packetId,
                random.nextInt(3) == 0 ? random.nextInt(3) : -1,
                random.nextInt(6) == 0 ? random.nextInt(70) : 0,
                Publish.NO_IDS,
                Publish.NO_BYTES,
                payload);
    }

    private static String filter(Random random) {
        String[] filters = {"t0", "t1", "#", "+", "t2/#", "a#", "", "$share/g/t3", "$share//x", "t3"};
        return filters[random.nextInt(filters.length)];
    }
}
