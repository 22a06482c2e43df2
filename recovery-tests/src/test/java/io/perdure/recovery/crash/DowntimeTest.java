package io.perdure.recovery.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.TraceEvent;
import io.perdure.recovery.client.Version;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The time between kill -9 and the next start counts, and what was removed stays removed. */
@Timeout(120)
class DowntimeTest {

    private static final long TIMEOUT_MS = 30_000;
    private static final int SHORT_S = 3;
    private static final long GONE_MS = 4_500;

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<TraceEvent> received = new LinkedBlockingQueue<>();

    @Test
    void expiryCountsWhileTheBrokerIsDown() throws Exception {
        Launch launch = Launch.perdure(directory.resolve("data"));
        long publishedNs;
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            subscribe(launch, "lasting", 600);
            subscribe(launch, "short", SHORT_S);
            MqttClient publisher = client(launch, "publisher", 0);
            publisher.connect(true, TIMEOUT_MS);
            publishedNs = System.nanoTime();
            publish(publisher, "a", 1, false, SHORT_S);
            publish(publisher, "a", 2, false, 3_600);
            publish(publisher, "retained/short", 3, true, SHORT_S);
            publish(publisher, "retained/long", 4, true, 3_600);
            publish(publisher, "retained/cleared", 5, true, -1);
            assertTrue(publisher.publish("retained/cleared", 1, true, -1, new byte[0], TIMEOUT_MS));
            assertTrue(publisher.awaitAcknowledged(TIMEOUT_MS), broker::output);
        }
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            long ageMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - publishedNs);
            assertTrue(broker.runsFor(Math.max(0, GONE_MS - ageMs)), broker::output);
            assertFalse(
                    client(launch, "short", SHORT_S).connect(false, TIMEOUT_MS).sessionPresent());
            MqttClient lasting = client(launch, "lasting", 600);
            assertTrue(lasting.connect(false, TIMEOUT_MS).sessionPresent());
            expect(2);
            lasting.subscribe(List.of(new Packet.Filter("retained/#", 1)), 0, TIMEOUT_MS);
            expect(4);
            publish(lasting, "a", 6, false, -1);
            assertEquals(6, Payload.number(next().message()), "something came that should be gone");
        }
    }

    /** Waits for a message, which has spent more than the downtime of its interval. */
    private void expect(int number) throws InterruptedException {
        TraceEvent event = next();
        assertEquals(number, Payload.number(event.message()));
        assertTrue(event.seconds() <= 3_600 - GONE_MS / 1_000, () -> event.seconds() + " s left");
        assertTrue(event.seconds() > 3_000, () -> event.seconds() + " s left");
    }

    private TraceEvent next() throws InterruptedException {
        TraceEvent event = received.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        assertTrue(event != null, "nothing came");
        return event;
    }

    private MqttClient client(Launch launch, String clientId, long sessionExpiryS) {
        ClientOptions options = ClientOptions.durable(clientId, Version.V5).withSessionExpiryS(sessionExpiryS);
        return new MqttClient(options, launch.address(), new Trace(clientId, Version.V5, 0), received::add);
    }

    private void subscribe(Launch launch, String clientId, long sessionExpiryS) throws IOException {
        MqttClient client = client(launch, clientId, sessionExpiryS);
        client.connect(false, TIMEOUT_MS);
        client.subscribe(List.of(new Packet.Filter("a", 1)), 0, TIMEOUT_MS);
        client.disconnect(TIMEOUT_MS);
    }

    private static void publish(MqttClient client, String topic, int number, boolean retain, long expiryS) {
        byte[] payload = Payload.of(Payload.key(1, number), 20);
        assertTrue(client.publish(topic, 1, retain, expiryS, payload, TIMEOUT_MS));
    }
}
