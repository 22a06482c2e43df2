package io.perdure.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.perdure.storage.Durability;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerConfigTest {

    @Test
    void changesOneKeyAndLeavesTheOthers() {
        BrokerConfig config =
                BrokerConfig.defaults().with("listen", "mqtt://127.0.0.1:0").with("limits.receive-maximum", "5");
        assertEquals(List.of(new Listener("127.0.0.1", 0)), config.listeners());
        assertEquals(5, config.limits().receiveMaximum());
        assertEquals(Durability.FSYNC, config.durability());
        assertEquals(
                BrokerConfig.defaults().limits().sendBufferBytes(),
                config.limits().sendBufferBytes());
    }

    @Test
    void refusesAnUnknownKeyWithTheNearestOne() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> BrokerConfig.defaults().with("listeners", "x"));
        assertEquals("unknown key 'listeners'; did you mean 'listen'?", e.getMessage());
    }

    @Test
    void refusesARecordThatIsOutOfRange() {
        BrokerConfig good = BrokerConfig.defaults();
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> new BrokerConfig(
                        good.dataDirectory(),
                        good.listeners(),
                        Durability.OS,
                        good.recovery(),
                        257,
                        0,
                        good.shareStrategy(),
                        good.spaceLimits(),
                        good.limits()));
        assertTrue(String.valueOf(e.getMessage()).startsWith("event-loop-threads: '257' is not allowed"));
        assertThrows(
                IllegalArgumentException.class,
                () -> new BrokerConfig(
                        good.dataDirectory(),
                        List.of(),
                        Durability.OS,
                        good.recovery(),
                        0,
                        0,
                        good.shareStrategy(),
                        good.spaceLimits(),
                        good.limits()));
    }

    @Test
    void refusesStagesOfTheDiskInTheWrongOrder() {
        BrokerConfig config = BrokerConfig.defaults().with("disk.refuse-publish-below", "1GiB");
        assertThrows(IllegalArgumentException.class, () -> config.with("disk.drain-only-below", "2GiB"));
        assertEquals(0, config.with("disk.drain-only-below", "0").spaceLimits().drainOnlyBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "mqtt://127.0.0.1:1883, 127.0.0.1, 1883",
        "mqtt://[::1]:1, ::1, 1",
        "MQTT://broker.example/, broker.example, 1883",
        "mqtt://0.0.0.0:0, 0.0.0.0, 0"
    })
    void readsListeners(String text, String host, int port) {
        Listener listener = Listener.parse(text);
        assertEquals(new Listener(host, port), listener);
        assertEquals(listener, Listener.parse(listener.toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1883",
                "127.0.0.1:1883",
                "http://x:1",
                "mqtt://",
                "mqtt://:1883",
                "mqtt://x:65536",
                "mqtt://x:-1",
                "mqtt://x:1/y",
                "mqtt://x:1?y",
                "mqtt://u@x:1",
                "mqtt://::1:1883",
                "mqtt://x:abc"
            })
    void refusesWhatIsNoListener(String text) {
        assertThrows(IllegalArgumentException.class, () -> Listener.parse(text));
    }
}
