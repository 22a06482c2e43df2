package io.perdure.recovery.sim;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.ClientSession;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.PacketReader;
import io.perdure.recovery.client.PacketWriter;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Properties;
import io.perdure.recovery.client.ProtocolViolation;
import io.perdure.recovery.client.TopicAliases;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.TraceEvent.Kind;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.client.WillMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A client that plays its {@link Part}: it answers what comes, and does the next thing when it is its turn. */
final class SimClient {

    static final int FIRST_WILL = 10_000;

    /** The Reason Code of a DISCONNECT after which the Will is published all the same. */
    private static final int WITH_WILL = 0x04;

    private final Part part;
    private final SimClock clock;
    private final Steps steps;
    private final SplittableRandom random;
    private final Function<SimClient, Link> network;
    private final Trace trace;
    private final ClientSession session;
    private final PacketWriter writer;
    private TopicAliases aliases = new TopicAliases();
    private Bytes input = new Bytes();
    private @Nullable Link link;
    private int notedEvents;
    private int request;
    private int subscribed;
    private boolean optionalSubscribed;
    private boolean leaving;
    /** It has had the CONNACK of this connection. */
    private boolean resumed;

    private boolean askedForClean;
    private long awayUntilNs;
    private long number;
    private long wills;
    /** It has asked for a clean start, and goes on asking until it has got one: else it can't know which session it has. */
    private boolean ending;

    /** @param network opens a connection to the broker */
    SimClient(Part part, SimClock clock, Steps steps, SplittableRandom random, Function<SimClient, Link> network) {
        this.part = part;
        this.clock = clock;
        this.steps = steps;
        this.random = random;
        this.network = network;
        ClientOptions options = part.options();
        this.trace = new Trace(options.clientId(), options.version(), steps.originNs());
        this.session = new ClientSession(options, trace, clock::eventNs, event -> {});
        this.writer = new PacketWriter(options.version());
    }

    String name() {
        return part.options().clientId();
    }

    Trace trace() {
        return trace;
    }

    Part part() {
        return part;
    }

    boolean uses(Link other) {
        return link == other;
    }

    boolean connected() {
        return link != null && !leaving && session.accepted();
    }

    /** Whether it is connected, subscribed, and waits for nothing. */
    boolean settled() {
        return connected() && request == 0 && subscribed == part.filters().size() && session.inFlight() == 0;
    }

    /** Whether it would do something if it had a turn. */
    boolean wantsTurn() {
        if (link == null) {
            return clock.monotonicNs() >= awayUntilNs;
        }
        return connected() && request == 0;
    }

    // ---- what comes

    /** Bytes of a connection; of one that it has given up nothing is read. */
    void receive(Link from, byte[] bytes) {
        if (link != from || leaving) {
            return;
        }
        input.add(bytes);
        try {
            for (int length = input.packetLength(); length > 0 && link == from; length = input.packetLength()) {
                PacketReader reader =
                        new PacketReader(part.options().version(), new ByteArrayInputStream(input.take(length)));
                session.received(aliases.resolve(reader.read()));
                afterPacket();
            }
        } catch (ProtocolViolation e) {
            session.closed(from.number, Kind.VIOLATION, String.valueOf(e.getMessage()));
            from.cut(0);
            from.clientIsGone();
            gone();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        explain();
    }

    private void afterPacket() {
        Packet.ConnAck answer = session.connAck();
        if (answer != null && answer.reasonCode() == 0 && !resumed) {
            resumed = true;
            ending = false;
            boolean old = part.options().version() == Version.V3_1;
            if (old ? askedForClean : !answer.sessionPresent()) {
                optionalSubscribed = false;
                subscribed = 0;
            }
        }
        List<Integer> codes = request == 0 ? null : session.answer(request);
        if (codes != null) {
            session.forget(request);
            request = 0;
            if (subscribed < part.filters().size()) {
                subscribed++;
            } else {
                optionalSubscribed = !optionalSubscribed;
            }
        }
    }

    /** Sees that a connection has ended. */
    void seesEnd(Link ended, Link.End how) {
        String text = how == Link.End.CLOSED_BY_BROKER ? TraceEvent.CLOSED_BY_BROKER : "cut";
        ended.clientIsGone();
        session.closed(ended.number, Kind.CLOSED, text);
        if (link == ended) {
            gone();
        }
        explain();
    }

    private void gone() {
        link = null;
        leaving = false;
        if (request != 0) {
            session.forget(request);
            request = 0;
        }
        awayUntilNs = clock.monotonicNs() + pauseNs();
    }

    private long pauseNs() {
        return switch (random.nextInt(8)) {
            case 0 -> TimeUnit.SECONDS.toNanos(random.nextInt(1, 20));
            case 1 -> TimeUnit.SECONDS.toNanos(random.nextInt(20, 200));
            case 2 -> TimeUnit.MILLISECONDS.toNanos(random.nextInt(50));
            default -> 0;
        };
    }

    // ---- what it does

    /** The next thing. */
    void act() {
        if (link == null) {
            connect();
        } else if (subscribed < part.filters().size()) {
            request = session.subscribe(List.of(part.filters().get(subscribed)), subscriptionId(subscribed));
        } else {
            play(random.nextInt(100));
        }
        explain();
    }

    private Properties subscriptionId(int index) {
        return part.options().version() == Version.V5 && part.index() % 2 == 0
                ? Properties.NONE.with(Properties.SUBSCRIPTION_ID, index + 1)
                : Properties.NONE;
    }

    private void play(int dice) {
        if (dice < 3) {
            leave(part.options().version() == Version.V5 && random.nextInt(3) == 0 ? WITH_WILL : 0);
        } else if (dice < 7) {
            connect(); // takes over
        } else if (dice < 9 && part.ends()) {
            endSession();
        } else if (dice < 30 && !part.optionalFilter().isEmpty()) {
            changeSubscription();
        } else if (dice < 20) {
            session.holdAcks(random.nextInt(part.options().heldAcks() + 1));
        } else if (dice < 22) {
            session.ping();
        } else if (!part.topics().isEmpty()) {
            for (int left = random.nextInt(1, 4); left > 0 && session.mayPublish(); left--) {
                publish();
            }
        }
    }

    void connect() {
        boolean clean = part.alwaysClean() || ending;
        WillMessage will = null;
        if (!part.willTopic().isEmpty() && random.nextInt(3) > 0) {
            long delayS = part.options().version() == Version.V5 && random.nextBoolean() ? random.nextInt(5, 30) : 0;
            byte[] payload = Payload.of(Payload.key(FIRST_WILL + part.index(), ++wills), 0);
            will = new WillMessage(part.willTopic(), payload, random.nextInt(1, 3), false, delayS);
        }
        if (link != null && request != 0) {
            session.forget(request);
            request = 0;
        }
        Link opened = network.apply(this);
        link = opened;
        input = new Bytes();
        aliases = new TopicAliases();
        leaving = false;
        resumed = false;
        askedForClean = clean;
        opened.number = session.connect(clean, will, packet -> opened.send(writer.encode(packet)));
        explain();
    }

    void leave() {
        leave(0);
    }

    private void leave(int reasonCode) {
        if (link != null && connected()) {
            session.disconnect(reasonCode, Properties.NONE);
            finish(link);
        }
    }

    private void finish(Link current) {
        current.finish();
        leaving = true;
    }

    private void endSession() {
        Link current = link;
        if (current == null) {
            return;
        }
        ending = true;
        if (part.options().version() == Version.V5 && random.nextBoolean()) {
            session.disconnect(0, Properties.NONE.with(Properties.SESSION_EXPIRY, 0));
            finish(current);
        } else {
            connect();
        }
    }

    private void changeSubscription() {
        request = optionalSubscribed
                ? session.unsubscribe(List.of(part.optionalFilter()))
                : session.subscribe(
                        List.of(new Packet.Filter(part.optionalFilter(), 2)),
                        subscriptionId(part.filters().size()));
    }

    private void publish() {
        int topicIndex = random.nextInt(part.topics().size());
        String topic = part.topics().get(topicIndex);
        // a repeat at QoS 1 is a new message to the broker: it would replace a later retained message of another QoS
        int qos = part.retain() ? 1 + topicIndex % 2 : random.nextInt(8) == 0 ? 0 : random.nextInt(1, 3);
        long expiryS = -1;
        if (!part.retain() && random.nextInt(5) == 0) {
            expiryS = random.nextBoolean() ? random.nextInt(5, 60) : 86_400;
        }
        int sizeBytes = random.nextInt(40) == 0 ? 1_500 : random.nextInt(17, 60);
        boolean clears = part.retain() && topicIndex >= 4 && random.nextInt(3) == 0;
        byte[] payload = clears ? new byte[0] : Payload.of(Payload.key(part.index(), ++number), sizeBytes);
        session.publish(topic, qos, part.retain(), expiryS, payload);
    }

    /** From now on it publishes no more, stays, and answers at once. */
    void comeToRest() {
        awayUntilNs = 0;
        if (!leaving) {
            session.holdAcks(0);
        }
        if (link == null) {
            connect();
        } else if (connected() && request == 0 && subscribed < part.filters().size()) {
            act();
        }
        explain();
    }

    /** Notes what has happened to it since the last call. */
    private void explain() {
        for (; notedEvents < trace.size(); notedEvents++) {
            steps.event(name(), trace.event(notedEvents));
        }
    }
}
