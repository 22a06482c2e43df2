package io.perdure.recovery.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real process with a preloaded library that sets its clock of the day. */
@Timeout(180)
class SystemClockTest {

    private static final long TIMEOUT_MS = 60_000;
    private static final long HOUR_S = 3_600;
    private static final long NOTED_MS = 3_000;

    @TempDir
    Path directory;

    private final LinkedBlockingQueue<TraceEvent> received = new LinkedBlockingQueue<>();

    private void setClock(long aheadS) throws IOException {
        ByteBuffer seconds =
                ByteBuffer.allocate(8).order(ByteOrder.nativeOrder()).putLong(0, aheadS);
        Path file = directory.resolve("ahead");
        if (Files.exists(file)) {
            Files.write(file, seconds.array(), java.nio.file.StandardOpenOption.WRITE); // the file is mapped
        } else {
            Files.write(file, seconds.array());
        }
    }

    private Launch launch() throws IOException, InterruptedException {
        assumeTrue(
                System.getProperty("os.name").equals("Linux"),
                "only Linux has LD_PRELOAD: clock of the process not set");
        Path source = directory.resolve("clockshim.c");
        try (InputStream in = getClass().getResourceAsStream("clockshim.c")) {
            Files.copy(in, source);
        }
        Path library = directory.resolve("clockshim.so");
        boolean built;
        try {
            Process gcc = new ProcessBuilder(
                            "gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("gcc.out").toFile())
                    .start();
            built = gcc.waitFor(TIMEOUT_MS, TimeUnit.MILLISECONDS) && gcc.exitValue() == 0;
        } catch (IOException noCompiler) {
            built = false;
        }
        assumeTrue(built, "no gcc that builds the library: clock of the process not set");
        return Launch.perdure(directory.resolve("data"))
                .withEnvironment("LD_PRELOAD", library.toString())
                .withEnvironment("CLOCKSHIM_FILE", directory.resolve("ahead").toString());
    }

    private MqttClient client(Launch launch, String clientId, long sessionExpiryS) {
        return new MqttClient(
                ClientOptions.durable(clientId, Version.V5).withSessionExpiryS(sessionExpiryS),
                launch.address(),
                new Trace(clientId, Version.V5, 0),
                received::add);
    }

    private void fill(Launch launch) throws IOException {
        MqttClient idle = client(launch, "idle", HOUR_S);
        idle.connect(false, TIMEOUT_MS);
        idle.subscribe(List.of(new Packet.Filter("t", 1)), 0, TIMEOUT_MS);
        idle.disconnect(TIMEOUT_MS);
        MqttClient publisher = client(launch, "publisher", 0);
        publisher.connect(true, TIMEOUT_MS);
        byte[] payload = Payload.of(Payload.key(1, 7), 20);
        assertTrue(publisher.publish("t", 1, false, HOUR_S, payload, TIMEOUT_MS));
        assertTrue(publisher.awaitAcknowledged(TIMEOUT_MS));
        publisher.disconnect(TIMEOUT_MS);
    }

    @Test
    void nothingExpiresForAClockThatIsSetByHours() throws Exception {
        setClock(0);
        Launch launch = launch();
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            fill(launch);
            setClock(5 * HOUR_S);
            assertTrue(broker.runsFor(NOTED_MS), broker::output);
            assertTrue(broker.output().contains("clock was set by"), broker::output);
        }
        // killed; the clock stays 5 hours ahead
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
        setClock(-5 * HOUR_S);
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            String report = Files.readString(directory.resolve("data").resolve("recovery-report.json"));
            assertTrue(report.matches("(?s).*\"clockBehindMs\": 3[56]\\d{6}.*"), report);
            MqttClient idle = client(launch, "idle", HOUR_S);
            assertTrue(idle.connect(false, TIMEOUT_MS).sessionPresent(), "the session has expired");
            TraceEvent event = received.poll(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            assertTrue(event != null && Payload.number(event.message()) == 7, "the message has expired");
            assertTrue(event.seconds() <= HOUR_S && event.seconds() > HOUR_S - 170, () -> event.seconds() + " s left");
            idle.disconnect(TIMEOUT_MS);
            assertEquals(0, broker.stop(TIMEOUT_MS), broker::output);
        }
    }
}
