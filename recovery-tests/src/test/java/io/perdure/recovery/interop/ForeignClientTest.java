package io.perdure.recovery.interop;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** All libraries, one broker for all tests of a class, and the clients of one test. */
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(120)
abstract class ForeignClientTest {

    final Libraries libraries = new Libraries();
    final Clients clients = new Clients();
    EmbeddedBroker broker;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        broker = new EmbeddedBroker(directory.resolve("store"));
    }

    @AfterAll
    void stop() throws Exception {
        libraries.close();
        broker.close();
    }

    @AfterEach
    void end() {
        clients.close();
    }

    List<Candidate> candidates() {
        return libraries.candidates();
    }

    List<Candidate> candidatesOfFive() {
        return candidates().stream().filter(c -> c.version().hasProperties()).toList();
    }

    /** Those that are on this machine, to be tested together. */
    List<Candidate> here() {
        return candidates().stream().filter(Candidate::isHere).toList();
    }
}
