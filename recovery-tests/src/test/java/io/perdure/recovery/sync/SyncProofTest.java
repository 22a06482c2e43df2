package io.perdure.recovery.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.recovery.client.ClientOptions;
import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.Version;
import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every PUBACK and PUBREC follows a sync that covers its message. Mapped one by one, with a preloaded library. */
@Timeout(180)
class SyncProofTest {

    private static final long TIMEOUT_MS = 30_000;
    private static final int MESSAGES = 400;

    @TempDir
    Path directory;

    @Test
    void everyAcknowledgementFollowsASyncThatCoversItsMessage() throws Exception {
        Coverage coverage = coverage("fsync");
        assertEquals(List.of(), coverage.uncovered());
        assertEquals(4 * MESSAGES, coverage.mapped());
        assertTrue(coverage.syncs() > 0, "no sync was seen");
    }

    @Test
    void findsAcknowledgementsThatNoSyncCovers() throws Exception {
        Coverage coverage = coverage("os");
        assertEquals(4 * MESSAGES, coverage.mapped());
        assertTrue(
                coverage.uncovered().size() > MESSAGES,
                () -> "only " + coverage.uncovered().size() + " uncovered without fsync: the check is blind");
    }

    private Coverage coverage(String durability) throws Exception {
        Shim shim = Shim.build(directory);
        Path data = directory.resolve("data");
        Launch launch = shim.into(Launch.perdure(data).withArguments("--durability", durability), data);
        List<Trace> traces = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try (BrokerProcess broker = BrokerProcess.start(launch)) {
            broker.awaitListening(TIMEOUT_MS);
            subscribers(launch);
            List<Thread> threads = new ArrayList<>();
            List<MqttClient> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                MqttClient client =
                        client("pub-" + i, i % 2 == 0 ? Version.V5 : Version.V3_1_1, launch, 1 + 60 * (i / 2));
                client.connect(true, TIMEOUT_MS);
                ports.add(client.localPort());
                traces.add(client.trace());
                clients.add(client);
                int publisher = i;
                threads.add(new Thread(() -> publish(client, publisher)));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            for (MqttClient client : clients) {
                assertTrue(client.awaitAcknowledged(TIMEOUT_MS), broker::output);
                client.disconnect(TIMEOUT_MS);
            }
        }
        Coverage coverage = new Coverage(Note.read(shim.notes()));
        for (int i = 0; i < traces.size(); i++) {
            coverage.check(traces.get(i), ports.get(i));
        }
        return coverage;
    }

    /** One that is away and one that stays: both have to be in the log. */
    private static void subscribers(Launch launch) throws IOException {
        MqttClient away = client("away", Version.V3_1_1, launch, 1);
        away.connect(false, TIMEOUT_MS);
        away.subscribe(List.of(new Packet.Filter("#", 2)), 0, TIMEOUT_MS);
        away.disconnect(TIMEOUT_MS);
        MqttClient here = client("here", Version.V5, launch, 1);
        here.connect(false, TIMEOUT_MS);
        here.subscribe(List.of(new Packet.Filter("t/+", 2)), 0, TIMEOUT_MS);
    }

    private static MqttClient client(String clientId, Version version, Launch launch, int window) {
        ClientOptions options = ClientOptions.durable(clientId, version).withWindow(window);
        return new MqttClient(options, launch.address(), new Trace(clientId, version, 0), event -> {});
    }

    private static void publish(MqttClient client, int publisher) {
        for (int i = 0; i < MESSAGES; i++) {
            byte[] payload = Payload.of(Payload.key(publisher, i), i % 50 == 7 ? 50_000 : 100);
            if (!client.publish("t/" + publisher, 1 + i % 2, i % 20 == 3, -1, payload, TIMEOUT_MS)) {
                return;
            }
        }
    }
}
