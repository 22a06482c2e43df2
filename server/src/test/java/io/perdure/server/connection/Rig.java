package io.perdure.server.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.perdure.protocol.codec.DecodeScratch;
import io.perdure.protocol.codec.Decoder;
import io.perdure.protocol.codec.Encoder;
import io.perdure.protocol.packet.ConnAck;
import io.perdure.protocol.packet.Connect;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.Packet;
import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.packet.SubAck;
import io.perdure.protocol.packet.Subscribe;
import io.perdure.protocol.packet.SubscriptionRequest;
import io.perdure.protocol.topic.TopicName;
import io.perdure.server.config.BrokerConfig;
import io.perdure.server.config.Limits;
import io.perdure.server.routing.SubscriptionIndex;
import io.perdure.storage.Lane;
import io.perdure.storage.StoreOptions.Clock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A broker of one thread, without sockets and disk: nothing happens but what the test lets happen. */
final class Rig {

    /** A clock that stands still. */
    static final class FakeClock implements Clock {
        private long nowNs = 1_000_000_000_000L;

        void advanceMs(long ms) {
            nowNs += ms * 1_000_000;
        }

        @Override
        public long wallMs() {
            return nowNs / 1_000_000;
        }

        @Override
        public long monotonicNs() {
            return nowNs;
        }
    }

    /** An event loop that runs when it is told. */
    static final class FakeLane implements Lane {
        private final Deque<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        int waiting() {
            return tasks.size();
        }

        boolean runAll() {
            boolean any = false;
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
                any = true;
            }
            return any;
        }
    }

    private static final long DELIVERY_BYTES = 64 << 20;

    final FakeClock clock = new FakeClock();
    final FakeLane lane = new FakeLane();
    final FakeLane otherLane = new FakeLane();
    final SubscriptionIndex index = new SubscriptionIndex(1);
    final FakeStore store = new FakeStore(index, () -> new SubscriptionIndex(1), clock, task -> {});
    final List<String> log = new ArrayList<>();
    final Counters counters = new Counters();
    final ConnectionLoop loop;
    final ConnectionLoop otherLoop;
    private int assigned;

    Rig() {
        this(BrokerConfig.defaults().limits());
    }

    Rig(Limits limits) {
        ConnectionLoop.Shared shared = new ConnectionLoop.Shared(
                store,
                index,
                limits,
                DELIVERY_BYTES,
                clock,
                new RateLimitedLog(log::add, clock, 10),
                counters,
                () -> "auto-" + ++assigned);
        loop = new ConnectionLoop(lane, shared);
        otherLoop = new ConnectionLoop(otherLane, shared);
    }

    /** Lets everything happen that can. */
    void settle() {
        for (boolean any = true; any; ) {
            any = !store.waiting().isEmpty() || store.hasReads();
            store.read();
            store.commit();
            any |= lane.runAll();
            any |= otherLane.runAll();
        }
    }

    /** Only the event loops: nothing becomes durable. */
    void turn() {
        while (lane.runAll() || otherLane.runAll()) {
            // until both have nothing left to do
        }
    }

    Client client(MqttVersion version) {
        return new Client(loop, lane, version);
    }

    Client clientOnOtherLoop(MqttVersion version) {
        return new Client(otherLoop, otherLane, version);
    }

    /** A client that is connected with a session that lasts. */
    Client connected(MqttVersion version, String clientId) {
        Client client = client(version);
        client.send(Connect.builder(version, clientId)
                .cleanStart(false)
                .sessionExpiryS(version == MqttVersion.V5 ? 3600 : 0)
                .build());
        settle();
        client.expect(ConnAck.class);
        return client;
    }

    FakeStore.FakeSession session(String clientId) {
        FakeStore.FakeSession session = store.session(clientId);
        if (session == null) {
            throw new AssertionError("no session of " + clientId);
        }
        return session;
    }

    static Publish publish(String topic, int qos, int packetId, String payload) {
        return Publish.of(TopicName.of(topic), qos, packetId, payload.getBytes(StandardCharsets.UTF_8));
    }

    static String payload(Packet packet) {
        return new String(((Publish) packet).payload(), StandardCharsets.UTF_8);
    }

    /** The other end of a connection. */
    final class Client {
        final FakeWire wire;
        final Connection connection;
        private final MqttVersion version;
        private final Decoder decoder = new Decoder(Decoder.Sender.SERVER, new DecodeScratch(), Packet.LARGEST_BYTES);

        Client(ConnectionLoop on, Lane wireLane, MqttVersion version) {
            this.version = version;
            this.wire = new FakeWire(wireLane);
            this.connection = on.open(wire, "peer");
            wire.connect(connection);
            decoder.setVersion(version);
        }

        /** Sends packets in one read burst. */
        void send(Packet... packets) {
            ByteBuf bytes = Unpooled.buffer();
            for (Packet packet : packets) {
                if (!Encoder.encode(packet, version, bytes, Packet.LARGEST_BYTES)) {
                    throw new IllegalArgumentException(packet.toString());
                }
            }
            wire.receive(bytes);
        }

        void sendBytes(int... bytes) {
            ByteBuf buffer = Unpooled.buffer();
            for (int b : bytes) {
                buffer.writeByte(b);
            }
            wire.receive(buffer);
        }

        void subscribe(String filter, int qos) {
            send(Subscribe.of(1, SubscriptionRequest.of(filter, qos)));
            settle();
            expect(SubAck.class);
        }

        /** All that was sent to it since it was last asked. */
        List<Packet> received() {
            List<Packet> packets = new ArrayList<>();
            for (Packet packet = decoder.decode(wire.sent()); packet != null; packet = decoder.decode(wire.sent())) {
                packets.add(packet);
            }
            return packets;
        }

        /** The one packet that was sent to it. */
        <T extends Packet> T expect(Class<T> type) {
            List<Packet> packets = received();
            if (packets.size() != 1 || !type.isInstance(packets.get(0))) {
                throw new AssertionError("expected one " + type.getSimpleName() + ", not " + packets);
            }
            return type.cast(packets.get(0));
        }
    }
}
