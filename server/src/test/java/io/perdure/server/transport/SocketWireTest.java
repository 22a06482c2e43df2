package io.perdure.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.perdure.server.config.BrokerConfig;
import io.perdure.server.connection.ConnectionLoop;
import io.perdure.server.connection.Counters;
import io.perdure.server.connection.Departures;
import io.perdure.server.connection.FakeStore;
import io.perdure.server.connection.RateLimitedLog;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.StoreOptions.Clock;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SocketWireTest {

    private static final byte[] CONNECT = {0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0, 1, 'a'};

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final LoopMemory memory = new LoopMemory(100_000, 200_000);
    private final SubscriptionIndex index = new SubscriptionIndex(1);
    private final FakeStore store = new FakeStore(index, () -> new SubscriptionIndex(1), Clock.SYSTEM, Runnable::run);
    private SocketWire wire;

    @BeforeEach
    void connect() {
        ConnectionLoop loop = new ConnectionLoop(
                new LoopLane(channel.eventLoop()),
                new ConnectionLoop.Shared(
                        store,
                        index,
                        BrokerConfig.defaults().limits(),
                        1 << 20,
                        Clock.SYSTEM,
                        new RateLimitedLog(line -> {}, Clock.SYSTEM, 1),
                        new Counters(),
                        () -> "auto"));
        wire = new SocketWire(channel, loop, memory, false);
        channel.pipeline().addLast(wire);
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void receive(byte... bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes));
        channel.runPendingTasks();
    }

    @Test
    void putsPiecesOfPacketsTogether() {
        for (byte b : CONNECT) {
            assertNull(channel.readOutbound());
            receive(b);
        }
        ByteBuf connAck = channel.readOutbound();
        assertNotNull(connAck);
        assertEquals(0x20020000, connAck.readInt());
        connAck.release();
    }

    @Test
    void staysPausedIfItIsPausedAgainBeforeItReadsOn() {
        wire.pauseReading();
        wire.resumeReading();
        wire.pauseReading();
        channel.runPendingTasks();
        assertFalse(channel.config().isAutoRead());
        wire.resumeReading();
        channel.runPendingTasks();
        assertTrue(channel.config().isAutoRead());
    }

    @Test
    void keepsWhatComesWhileItIsPaused() {
        wire.pauseReading();
        receive(CONNECT);
        assertNull(channel.readOutbound());
        wire.resumeReading();
        channel.runPendingTasks();
        ByteBuf connAck = channel.readOutbound();
        assertNotNull(connAck);
        connAck.release();
    }

    @Test
    void takesAllThatCameBeforeThePeerLeft() {
        byte[] durable = CONNECT.clone();
        durable[9] = 0;
        wire.pauseReading();
        receive(durable);
        receive((byte) 0xE0, (byte) 0);
        channel.close().syncUninterruptibly();
        channel.runPendingTasks();
        assertFalse(Departures.wasAnnounced(store, "a"));
        wire.resumeReading();
        channel.runPendingTasks();
        assertTrue(Departures.wasAnnounced(store, "a"));
    }

    @Test
    void endsAConnectionInTheMiddleOfALargePacketWhenTooMuchIsHeld() {
        receive(CONNECT);
        ByteBuf connAck = channel.readOutbound();
        connAck.release();
        memory.addHeld(150_000);
        assertTrue(memory.hasHeldRoom());
        byte[] half = new byte[70_000];
        half[0] = 0x30;
        half[1] = (byte) 0xff;
        half[2] = (byte) 0xff;
        half[3] = 0x3f;
        half[5] = 1;
        half[6] = 't';
        receive(half);
        // what it held is given back
        memory.addHeld(50_000);
        assertTrue(memory.hasHeldRoom());
    }

    @Test
    void keepsASmallPartOfAPacketInAnyCase() {
        memory.addHeld(1_000_000);
        receive(Arrays.copyOf(CONNECT, 5));
        receive(Arrays.copyOfRange(CONNECT, 5, CONNECT.length));
        ByteBuf connAck = channel.readOutbound();
        assertNotNull(connAck);
        connAck.release();
    }

    @Test
    void whoTakesWhatIsSentIsWritableThoughOthersDoNot() {
        memory.addUnsent(1_000_000);
        assertFalse(memory.hasUnsentRoom());
        assertTrue(wire.isWritable());
    }
}
