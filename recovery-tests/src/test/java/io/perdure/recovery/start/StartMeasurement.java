package io.perdure.recovery.start;

import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures starts and stops of the real process on a large store; not run by itself. The sizes are given with {@code -Dsessions=}
 * and {@code -Dqueued=} (of {@code -Dpayload=} bytes); {@code -Dstore=} names a directory that is filled once and kept, {@code -Dheap=} the heap.
 */
class StartMeasurement {

    private static final long TIMEOUT_MS = 300_000;

    private final int sessions = Integer.getInteger("sessions", 100_000);
    private final long queued = Long.getLong("queued", 0);
    private final int payloadBytes = Integer.getInteger("payload", 200);
    private final String heap = System.getProperty("heap", "1g");

    @Test
    void measuresStarts(@TempDir Path temporary) throws Exception {
        Path data =
                Path.of(System.getProperty("store", temporary.resolve("data").toString()));
        if (!Files.exists(data)) {
            make(data);
        }
        Launch launch = Launch.perdure(data).withEnvironment("PERDURE_JAVA_OPTS", "-Xmx" + heap);
        start(launch, data, "after a clean stop", false);
        start(launch, data, "after a clean stop, to be killed", true);
        start(launch, data, "after kill -9", false);
    }

    private void make(Path data) throws InterruptedException {
        long beganNs = System.nanoTime();
        try (StoreMaker maker = new StoreMaker(data)) {
            maker.addSessions(sessions);
            maker.addMessages(queued, sessions, payloadBytes);
        }
        System.out.printf("made in %.1f s%n", seconds(beganNs));
    }

    private static void start(Launch launch, Path data, String what, boolean kill) throws IOException {
        long beganNs = System.nanoTime();
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            System.out.printf("start %s: %.2f s, %s%n", what, seconds(beganNs), memory(broker));
            System.out.println(Files.readString(data.resolve("recovery-report.json")));
            if (!kill) {
                long stopNs = System.nanoTime();
                broker.stop(TIMEOUT_MS);
                System.out.printf("stop: %.2f s%n%s%n", seconds(stopNs), broker.output());
            }
        }
    }

    private static double seconds(long sinceNs) {
        return (System.nanoTime() - sinceNs) / 1e9;
    }

    private static String memory(BrokerProcess broker) throws IOException {
        Path status = Path.of("/proc", Long.toString(broker.pid()), "status");
        if (!Files.exists(status)) {
            return "memory unknown";
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("");
    }
}
