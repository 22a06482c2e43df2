package io.perdure.recovery.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.perdure.recovery.crash.BrokerProcess;
import io.perdure.recovery.crash.Launch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What foreign clients find after the broker has been started again. */
class RestartTest extends ForeignClientTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("candidates")
    void findsItsSessionAfterARestart(Candidate candidate) throws Exception {
        candidate.require();
        String topic = "session/" + candidate.id();
        ForeignClient subscriber = clients.client(candidate, "s", broker.port());
        subscriber.connect(true, null);
        subscriber.subscribe(topic + "/#", 2);
        subscriber.disconnect();
        List<Message> sent = publish(candidate, "a", topic, broker.port());
        Message retained = Message.of(topic, "retained", 1).retained();
        ForeignClient publisher = clients.connected(candidate, "r", broker.port());
        publisher.publish(retained);
        publisher.disconnect();
        sent.add(retained.live(2));
        broker.restart();
        sent.addAll(publish(candidate, "b", topic, broker.port()));
        ForeignClient again = clients.client(candidate, "s", broker.port());
        assertEquals(candidate.can(Feature.SESSION_PRESENT), again.connect(true, null));
        again.inbox().expect(sent);
        ForeignClient late = clients.connected(candidate, "late", broker.port());
        late.subscribe(topic, 1);
        late.inbox().expect(List.of(retained));
    }

    @Test
    void allFindTheirSessionsAfterKillMinusNine(@TempDir Path directory) throws Exception {
        Launch launch = Launch.perdure(directory.resolve("data"));
        Map<Candidate, List<Message>> queued = new LinkedHashMap<>();
        try (BrokerProcess process = BrokerProcess.start(launch)) {
            process.awaitListening(Library.TIMEOUT_MS);
            for (Candidate candidate : here()) {
                ForeignClient subscriber = clients.client(candidate, "k", launch.port());
                subscriber.connect(true, null);
                subscriber.subscribe("kill/" + candidate.id(), 2);
                subscriber.disconnect();
                queued.put(candidate, publish(candidate, "a", "kill/" + candidate.id(), launch.port()));
            }
            process.kill();
        }
        clients.close();
        try (BrokerProcess process = BrokerProcess.start(launch)) {
            process.awaitListening(Library.TIMEOUT_MS);
            for (Candidate candidate : here()) {
                ForeignClient subscriber = clients.client(candidate, "k", launch.port());
                assertEquals(candidate.can(Feature.SESSION_PRESENT), subscriber.connect(true, null));
                List<Message> expected = new ArrayList<>(queued.getOrDefault(candidate, List.of()));
                expected.addAll(publish(candidate, "b", "kill/" + candidate.id(), launch.port()));
                subscriber.inbox().expect(expected);
            }
            clients.close();
        }
    }

    /** Messages of QoS 1 and 2, each acknowledged. */
    private List<Message> publish(Candidate candidate, String name, String topic, int port) throws Exception {
        ForeignClient publisher = clients.connected(candidate, name, port);
        List<Message> sent = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Message message = Message.of(topic, name + i, 1 + i % 2);
            publisher.publish(message);
            sent.add(message);
        }
        publisher.disconnect();
        return sent;
    }
}
