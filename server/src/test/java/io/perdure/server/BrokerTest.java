package io.perdure.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.perdure.server.config.BrokerConfig;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A broker with its store and sockets, against the HiveMQ client. */
@Timeout(60)
class BrokerTest {

    @TempDir
    private Path directory;

    private Broker broker;

    @BeforeEach
    void start() {
        broker = Broker.start(config(), failure -> fail(failure));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private BrokerConfig config() {
        return BrokerConfig.defaults()
                .with("data", directory.resolve("store").toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("event-loop-threads", "2");
    }

    private int port() {
        return broker.addresses().get(0).getPort();
    }

    private Mqtt5BlockingClient five(String clientId) {
        return Mqtt5Client.builder()
                .identifier(clientId)
                .serverHost("127.0.0.1")
                .serverPort(port())
                .buildBlocking();
    }

    private Mqtt3BlockingClient three(String clientId) {
        return Mqtt3Client.builder()
                .identifier(clientId)
                .serverHost("127.0.0.1")
                .serverPort(port())
                .buildBlocking();
    }

    private static Mqtt5Publish receive(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws InterruptedException {
        return publishes.receive(10, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("nothing came"));
    }

    private static String payload(Mqtt5Publish publish) {
        return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
    }

    private static void publish(Mqtt5BlockingClient client, String topic, MqttQos qos, String payload) {
        client.publishWith()
                .topic(topic)
                .qos(qos)
                .payload(payload.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    @ParameterizedTest
    @EnumSource
    void deliversBetweenClientsOfAllVersions(MqttQos qos) throws InterruptedException {
        Mqtt5BlockingClient five = five("five");
        Mqtt3BlockingClient three = three("three");
        five.connect();
        three.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes toFive = five.publishes(MqttGlobalPublishFilter.ALL);
                Mqtt3BlockingClient.Mqtt3Publishes toThree = three.publishes(MqttGlobalPublishFilter.ALL)) {
            five.subscribeWith().topicFilter("a/+").qos(qos).send();
            three.subscribeWith().topicFilter("b/#").qos(qos).send();
            for (int i = 0; i < 100; i++) {
                three.publishWith()
                        .topic("a/x")
                        .qos(qos)
                        .payload(new byte[] {(byte) i})
                        .send();
                five.publishWith()
                        .topic("b/y/z")
                        .qos(qos)
                        .payload(new byte[] {(byte) i})
                        .send();
            }
            for (int i = 0; i < 100; i++) {
                Mqtt5Publish publish = receive(toFive);
                assertEquals(i, publish.getPayloadAsBytes()[0]);
                assertEquals(qos, publish.getQos());
                var other = toThree.receive(10, TimeUnit.SECONDS).orElseThrow();
                assertEquals(i, other.getPayloadAsBytes()[0]);
                assertEquals(qos, other.getQos());
            }
        }
        five.disconnect();
        three.disconnect();
    }

    @Test
    void keepsADurableSessionAcrossARestart() throws InterruptedException {
        Mqtt5BlockingClient subscriber = five("subscriber");
        subscriber.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
        subscriber.subscribeWith().topicFilter("t").qos(MqttQos.EXACTLY_ONCE).send();
        subscriber.disconnect();
        Mqtt5BlockingClient publisher = five("publisher");
        publisher.connect();
        publish(publisher, "t", MqttQos.AT_LEAST_ONCE, "one");
        publish(publisher, "t", MqttQos.EXACTLY_ONCE, "two");
        publisher.disconnect();
        broker.close();
        broker = Broker.start(config(), failure -> fail(failure));
        assertEquals(1, broker.report().sessions());
        assertTrue(broker.report().cleanStop());
        Mqtt5BlockingClient again = five("subscriber");
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = again.publishes(MqttGlobalPublishFilter.ALL)) {
            assertTrue(again.connectWith()
                    .cleanStart(false)
                    .sessionExpiryInterval(3600)
                    .send()
                    .isSessionPresent());
            assertEquals("one", payload(receive(publishes)));
            assertEquals("two", payload(receive(publishes)));
        }
        again.disconnect();
    }

    @Test
    void keepsRetainedMessagesAcrossARestart() throws InterruptedException {
        Mqtt5BlockingClient publisher = five("publisher");
        publisher.connect();
        publisher
                .publishWith()
                .topic("r/1")
                .retain(true)
                .payload("kept".getBytes(StandardCharsets.UTF_8))
                .qos(MqttQos.AT_LEAST_ONCE)
                .send();
        publisher.disconnect();
        broker.close();
        broker = Broker.start(config(), failure -> fail(failure));
        Mqtt5BlockingClient subscriber = five("subscriber");
        subscriber.connect();
        try (Mqtt5BlockingClient.Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
            subscriber
                    .subscribeWith()
                    .topicFilter("r/#")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            Mqtt5Publish publish = receive(publishes);
            assertEquals("kept", payload(publish));
            assertTrue(publish.isRetain());
        }
        subscriber.disconnect();
    }

    @Test
    void stopsWithinTwoSecondsWhileClientsAreConnected() {
        five("a").connect();
        three("b").connect();
        long beganNs = System.nanoTime();
        broker.close();
        assertTrue(System.nanoTime() - beganNs < 2_000_000_000L);
    }

    @Test
    void namesTheAddressThatIsInUseAndLeavesTheStoreClosed() throws Exception {
        BrokerConfig other;
        try (ServerSocket taken = new ServerSocket(0)) {
            String address = "mqtt://127.0.0.1:" + taken.getLocalPort();
            other = config().with("data", directory.resolve("other").toString());
            BrokerConfig clash = other.with("listen", address);
            BrokerException e = assertThrows(BrokerException.class, () -> Broker.start(clash, failure -> {}));
            assertTrue(e.getMessage().startsWith(address + ": the port is in use"), e.getMessage());
        }
        Broker.start(other, failure -> {}).close();
        assertTrue(Files.isDirectory(directory.resolve("other")));
    }

    @Test
    void refusesAStoreThatIsInUse() {
        BrokerException e = assertThrows(BrokerException.class, () -> Broker.start(config(), failure -> {}));
        assertFalse(e.getMessage().contains("\n"));
        assertTrue(e.getMessage().contains(directory.resolve("store").toString()), e.getMessage());
    }
}
