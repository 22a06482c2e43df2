package io.perdure.recovery.time;

import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.client.WillMessage;
import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A broker in this JVM with clocks that can be set, and clients for it. */
final class TimedBroker implements AutoCloseable {

    static final long TIMEOUT_MS = 30_000;

    final SetClock clock = new SetClock();
    private final BrokerConfig config;
    private Broker broker;

    TimedBroker(Path data) {
        config = BrokerConfig.defaults()
                .with("data", data.toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("will-grace", "0s")
                .with("event-loop-threads", "1");
        broker = start();
    }

    private Broker start() {
        return Broker.start(config, failure -> fail(failure), clock);
    }

    /** Stops it cleanly; then {@code meanwhile} happens; then it starts again. */
    void restart(Runnable meanwhile) {
        broker.close();
        meanwhile.run();
        broker = start();
    }

    @Override
    public void close() {
        broker.close();
    }

    Broker broker() {
        return broker;
    }

    MqttClient client(String clientId, long sessionExpiryS, LinkedBlockingQueue<TraceEvent> received) {
        ClientOptions options = ClientOptions.durable(clientId, Version.V5).withSessionExpiryS(sessionExpiryS);
        return new MqttClient(options, broker.addresses().get(0), new Trace(clientId, Version.V5, 0), received::add);
    }

    MqttClient client(String clientId, long sessionExpiryS) {
        return client(clientId, sessionExpiryS, new LinkedBlockingQueue<>());
    }

    /** A session that is away, and was subscribed to {@code t} before. */
    void leaveSession(String clientId, long sessionExpiryS) throws IOException {
        MqttClient client = client(clientId, sessionExpiryS);
        client.connect(false, TIMEOUT_MS);
        client.subscribe(List.of(new Packet.Filter("t", 1)), 0, TIMEOUT_MS);
        client.disconnect(TIMEOUT_MS);
    }

    /** A client that is lost at once; returns when the broker has seen it. Its Will, number 99, is due after the delay. */
    void loseClient(String clientId, long willDelayS) throws IOException, InterruptedException {
        LinkedBlockingQueue<TraceEvent> received = new LinkedBlockingQueue<>();
        MqttClient watcher = client("watcher", 0, received);
        watcher.connect(true, TIMEOUT_MS);
        watcher.subscribe(List.of(new Packet.Filter("seen", 1)), 0, TIMEOUT_MS);
        lose(clientId, "t", willDelayS);
        lose("canary", "seen", 0); // seen later
        if (received.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS) == null) {
            throw new AssertionError("the loss of a client was not seen");
        }
        watcher.disconnect(TIMEOUT_MS);
    }

    private void lose(String clientId, String topic, long willDelayS) throws IOException {
        MqttClient client = client(clientId, ClientOptions.NO_EXPIRY);
        WillMessage will = new WillMessage(topic, Payload.of(Payload.key(1, 99), 20), 1, false, willDelayS);
        client.connect(false, will, TIMEOUT_MS);
        client.close();
    }

    /** Publishes to {@code t}, and waits for the acknowledgement. */
    void publish(int number, long expiryS) throws IOException {
        MqttClient publisher = client("publisher", 0);
        publisher.connect(true, TIMEOUT_MS);
        publisher.publish("t", 1, false, expiryS, Payload.of(Payload.key(1, number), 20), TIMEOUT_MS);
        publisher.awaitAcknowledged(TIMEOUT_MS);
        publisher.disconnect(TIMEOUT_MS);
    }

    /** Connects and leaves again; whether the session was there. */
    boolean isThere(String clientId, long sessionExpiryS) throws IOException {
        MqttClient client = client(clientId, sessionExpiryS);
        boolean present = client.connect(false, TIMEOUT_MS).sessionPresent();
        client.disconnect(TIMEOUT_MS);
        return present;
    }

    /**
     * What a session that is away has: reads up to a message that is published now.
     *
     * @return the numbers of the messages before it, and seconds left
     */
    List<TraceEvent> drain(String clientId) throws IOException, InterruptedException {
        LinkedBlockingQueue<TraceEvent> received = new LinkedBlockingQueue<>();
        MqttClient client = client(clientId, ClientOptions.NO_EXPIRY, received);
        client.connect(false, TIMEOUT_MS);
        publish(1_000, -1);
        List<TraceEvent> events = new ArrayList<>();
        for (TraceEvent event = received.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
                event != null && Payload.number(event.message()) != 1_000;
                event = received.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
            events.add(event);
        }
        client.disconnect(TIMEOUT_MS);
        return events;
    }

    /** The numbers of what {@link #drain} gave. */
    static List<Long> numbers(List<TraceEvent> events) {
        return events.stream().map(event -> Payload.number(event.message())).toList();
    }
}
