package io.perdure.recovery.start;

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
import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stops of the real process; prints how long they take. */
@Timeout(240)
class StopTest {

    private static final long TIMEOUT_MS = 60_000;
    private static final int SHUTTING_DOWN = 0x8B;
    private static final int STARTS = 6;
    private static final int LONGEST_START_MS = 2_500;

    @TempDir
    Path directory;

    private static MqttClient client(Launch launch, String clientId, Version version) {
        return new MqttClient(
                ClientOptions.durable(clientId, version),
                launch.address(),
                new Trace(clientId, version, 0),
                event -> {});
    }

    private static MqttClient subscriber(Launch launch, String clientId, Version version) throws IOException {
        MqttClient client = client(launch, clientId, version);
        client.connect(false, TIMEOUT_MS);
        client.subscribe(List.of(new Packet.Filter("t/#", 1)), 0, TIMEOUT_MS);
        return client;
    }

    private static void signal(BrokerProcess broker, String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(broker.pid())).start();
        assertTrue(kill.waitFor(TIMEOUT_MS, TimeUnit.MILLISECONDS));
    }

    private static long endings(MqttClient client, int reasonCode) {
        return client.trace().events().stream()
                .filter(event -> event.kind() == TraceEvent.Kind.DISCONNECT_IN && event.reasonCode() == reasonCode)
                .count();
    }

    @Test
    void endsInOrderWhateverClientsDoAndHoweverOftenItIsTold() throws Exception {
        Launch launch = Launch.perdure(directory.resolve("data"));
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            MqttClient five = subscriber(launch, "five", Version.V5);
            MqttClient three = subscriber(launch, "three", Version.V3_1_1);
            MqttClient deaf = subscriber(launch, "deaf", Version.V5);
            deaf.pause(true);
            MqttClient publisher = client(launch, "publisher", Version.V5);
            publisher.connect(true, TIMEOUT_MS);
            for (int i = 0; i < 200; i++) {
                byte[] payload = Payload.of(Payload.key(1, i), 50_000); // more than sockets hold
                assertTrue(publisher.publish("t/a", 1, false, -1, payload, TIMEOUT_MS));
            }
            assertTrue(publisher.awaitAcknowledged(TIMEOUT_MS));
            long beganNs = System.nanoTime();
            signal(broker, "TERM");
            signal(broker, "INT");
            signal(broker, "TERM");
            assertFalse(broker.runsFor(TIMEOUT_MS), broker::output);
            System.out.printf("stop with a deaf client: %d ms%n", (System.nanoTime() - beganNs) / 1_000_000);
            assertTrue(broker.output().contains("Stopped cleanly"), broker::output);
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
            publisher.close();
            three.close();
            five.close();
            deaf.close();
            assertEquals(1, endings(five, SHUTTING_DOWN), "no DISCONNECT 0x8B");
            assertEquals(0, endings(three, SHUTTING_DOWN));
        }
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            assertTrue(report().contains("\"cleanStop\": true"));
            for (String clientId : List.of("five", "deaf")) {
                MqttClient back = client(launch, clientId, Version.V5);
                assertTrue(back.connect(false, TIMEOUT_MS).sessionPresent(), clientId);
                back.disconnect(TIMEOUT_MS);
            }
            signal(broker, "TERM"); // INT is ignored by what a shell starts in the background
            assertFalse(broker.runsFor(TIMEOUT_MS), broker::output);
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
    }

    private String report() throws IOException {
        return Files.readString(directory.resolve("data").resolve("recovery-report.json"));
    }

    /** Wherever the start is: the process ends soon, and the next one finds all. */
    @Test
    void endsWhileItStarts() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Path data = directory.resolve("data");
        try (StoreMaker maker = new StoreMaker(data)) {
            maker.addSessions(2_000);
            maker.addMessages(20_000, 2_000, 100);
        }
        Launch launch = Launch.perdure(data);
        for (int i = 0; i < STARTS; i++) {
            try (BrokerProcess broker = BrokerProcess.start(launch)) {
                int afterMs = 100 + random.nextInt(LONGEST_START_MS);
                assertTrue(broker.runsFor(afterMs), broker::output);
                signal(broker, "TERM");
                assertFalse(broker.runsFor(TIMEOUT_MS), broker::output);
                int code = broker.stop(TIMEOUT_MS);
                String last = broker.output().lines().reduce("", (before, line) -> line);
                System.out.printf("SIGTERM after %d ms: code %d, %s%n", afterMs, code, last);
                // before it can catch signals the JVM ends by this one
                assertTrue(code == 0 || (code == 143 && broker.output().isEmpty()), broker::output);
            }
        }
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            assertTrue(report().contains("\"sessions\": 2000"), broker::output);
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
    }
}
