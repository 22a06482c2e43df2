package io.perdure.recovery.interop;

import static org.junit.jupiter.api.Assertions.fail;

import io.perdure.server.Broker;
import io.perdure.server.config.BrokerConfig;
import java.io.IOException;
import java.nio.file.Path;

/** A broker in this JVM, with an address that it keeps over restarts. */
final class EmbeddedBroker implements AutoCloseable {

    private final BrokerConfig config;
    private final Relay relay;
    private Broker broker;

    EmbeddedBroker(Path data) throws IOException {
        config = BrokerConfig.defaults()
                .with("data", data.toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("event-loop-threads", "2");
        broker = Broker.start(config, failure -> fail(failure));
        relay = new Relay(port(broker));
    }

    private static int port(Broker broker) {
        return broker.addresses().get(0).getPort();
    }

    int port() {
        return relay.port();
    }

    /** Stops it as on SIGTERM, and starts it again with the same store. */
    void restart() {
        broker.close();
        broker = Broker.start(config, failure -> fail(failure));
        relay.leadTo(port(broker));
    }

    /** A further way to the broker, with a cable of its own to cut. */
    Relay cable() throws IOException {
        return new Relay(port(broker));
    }

    @Override
    public void close() throws IOException {
        relay.close();
        broker.close();
    }
}
