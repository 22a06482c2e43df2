package io.perdure.tools.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.tools.torture.TortureReport.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run against a broker that somebody else kills and starts again. */
@Timeout(180)
class RemoteBrokerTest {

    /** How often the run asks whether to stop before the broker is killed. */
    private static final int TURNS = 100;

    @TempDir
    Path directory;

    private @Nullable Process broker;

    @AfterEach
    void end() {
        if (broker != null) {
            broker.destroyForcibly();
        }
    }

    @Test
    void followsABrokerThatSomebodyElseKills() throws Exception {
        int port = freePort();
        serve(port);
        Target target = new Target(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), null, null);
        Plan plan = new Plan(1, 1_000, 4, 500, 1, target, List.of(), "fsync", directory, false);
        AtomicInteger turns = new AtomicInteger();
        TortureReport report = Torture.run(plan, new Silent(), () -> {
            if (turns.incrementAndGet() % TURNS == 0) {
                killAndServe(port);
            }
            return false;
        });
        assertTrue(report.held(), report.evidence().toString());
        assertTrue(report.conclusive());
        assertEquals(1, report.deaths());
        for (Row row : report.rows()) {
            assertTrue(row.checked() > 0, row.toString());
        }
    }

    private void killAndServe(int port) {
        try {
            if (broker != null) {
                broker.destroyForcibly().onExit().join();
            }
            serve(port);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(int port) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED"));
        if (Runtime.version().feature() >= 23) {
            command.add("--sun-misc-unsafe-memory-access=allow");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.perdure.tools.Main", "serve"));
        command.addAll(List.of("--data", directory.resolve("data").toString(), "--listen", "mqtt://127.0.0.1:" + port));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("PERDURE_WILL_GRACE", "500ms");
        Process started = builder.start();
        broker = started;
        BufferedReader out = started.inputReader();
        String line;
        do {
            line = out.readLine();
            assertNotNull(line, "the broker did not start");
        } while (!line.startsWith("Ready in "));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static final class Silent implements Progress {

        @Override
        public void cycle(State state) {
            assertEquals(1, state.cycles());
        }

        @Override
        public void say(String what) {
            assertTrue(!what.startsWith("could not clean up"), what);
        }
    }
}
