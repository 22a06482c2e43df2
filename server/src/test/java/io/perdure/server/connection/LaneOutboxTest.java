package io.perdure.server.connection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.Disconnect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.ReasonCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaneOutboxTest {

    private final Rig rig = new Rig();
    private Rig.Client subscriber;
    private Rig.Client publisher;

    @BeforeEach
    void connect() {
        subscriber = rig.clientOnOtherLoop(MqttVersion.V5);
        subscriber.send(Connect.builder(MqttVersion.V5, "s").build());
        rig.settle();
        subscriber.expect(ConnAck.class);
        subscriber.subscribe("t", 0);
        publisher = rig.connected(MqttVersion.V5, "p");
    }

    @Test
    void handsOverOnceForEachBurst() {
        publisher.send(Rig.publish("t", 0, 0, "a"), Rig.publish("t", 0, 0, "b"), Rig.publish("t", 0, 0, "c"));
        assertEquals(1, rig.otherLane.waiting());
        rig.settle();
        assertEquals(3, subscriber.received().size());
    }

    @Test
    void handsOverWhatCameBeforeDisconnect() {
        publisher.send(Rig.publish("t", 0, 0, "a"), Disconnect.of(ReasonCode.SUCCESS));
        rig.settle();
        assertEquals("a", Rig.payload(subscriber.expect(Publish.class)));
    }

    @Test
    void dropsAndCountsWhatALoopThatIsStuckCannotTake() {
        String payload = "x".repeat(1 << 20);
        for (int i = 0; i < 20; i++) {
            publisher.send(Rig.publish("t", 0, 0, payload));
        }
        long dropped = rig.counters.qos0Dropped();
        assertTrue(dropped >= 11, dropped + " dropped");
        rig.settle();
        assertEquals(20 - dropped, subscriber.received().size());
        publisher.send(Rig.publish("t", 0, 0, "again"));
        rig.settle();
        assertEquals("again", Rig.payload(subscriber.expect(Publish.class)));
    }
}
