package io.perdure.server;

import static io.perdure.server.Clients.bytes;
import static io.perdure.server.Clients.five;
import static io.perdure.server.Clients.payload;
import static io.perdure.server.Clients.publish;
import static io.perdure.server.Clients.receive;
import static io.perdure.server.Clients.three;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.perdure.storage.StoreOptions.Clock;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sessions, Wills, takeover, expiry and shares over sockets and a real store. */
@Timeout(120)
class SessionsTest {

    @TempDir
    private Path directory;

    private Broker broker;

    @BeforeEach
    void start() {
        broker = Broker.start(Clients.config(directory), failure -> fail(failure));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static Clock tenSecondsOn() {
        return new Clock() {
            @Override
            public long wallMs() {
                return Clock.SYSTEM.wallMs() + 10_000;
            }

            @Override
            public long monotonicNs() {
                return Clock.SYSTEM.monotonicNs();
            }
        };
    }

    private void restart() {
        broker.close();
        start();
    }

    @Test
    void keepsADurableSessionAcrossARestart() throws InterruptedException {
        Mqtt5BlockingClient subscriber = five(broker, "subscriber");
        subscriber.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
        subscriber.subscribeWith().topicFilter("t").qos(MqttQos.EXACTLY_ONCE).send();
        subscriber.disconnect();
        Mqtt5BlockingClient publisher = five(broker, "publisher");
        publisher.connect();
        publish(publisher, "t", MqttQos.AT_LEAST_ONCE, "one");
        publish(publisher, "t", MqttQos.EXACTLY_ONCE, "two");
        publisher.disconnect();
        restart();
        assertEquals(1, broker.report().sessions());
        assertTrue(broker.report().cleanStop());
        Mqtt5BlockingClient again = five(broker, "subscriber");
        try (Mqtt5Publishes publishes = again.publishes(MqttGlobalPublishFilter.ALL)) {
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
    void keepsTheSessionOfAnOlderClientAcrossARestart() throws InterruptedException {
        Mqtt3BlockingClient subscriber = three(broker, "subscriber");
        subscriber.connectWith().cleanSession(false).send();
        subscriber.subscribeWith().topicFilter("t/#").qos(MqttQos.AT_LEAST_ONCE).send();
        subscriber.disconnect();
        restart();
        Mqtt3BlockingClient publisher = three(broker, "publisher");
        publisher.connect();
        publisher
                .publishWith()
                .topic("t/1")
                .qos(MqttQos.AT_LEAST_ONCE)
                .payload(bytes("x"))
                .send();
        publisher.disconnect();
        Mqtt3BlockingClient again = three(broker, "subscriber");
        try (Mqtt3BlockingClient.Mqtt3Publishes publishes = again.publishes(MqttGlobalPublishFilter.ALL)) {
            assertTrue(again.connectWith().cleanSession(false).send().isSessionPresent());
            assertTrue(publishes.receive(20, TimeUnit.SECONDS).isPresent());
        }
        again.disconnect();
    }

    @Test
    void keepsRetainedMessagesAcrossARestart() throws InterruptedException {
        Mqtt5BlockingClient publisher = five(broker, "publisher");
        publisher.connect();
        publisher
                .publishWith()
                .topic("r/1")
                .retain(true)
                .payload(bytes("kept"))
                .qos(MqttQos.AT_LEAST_ONCE)
                .send();
        publisher.disconnect();
        restart();
        Mqtt5BlockingClient subscriber = five(broker, "subscriber");
        subscriber.connect();
        try (Mqtt5Publishes publishes = subscriber.publishes(MqttGlobalPublishFilter.ALL)) {
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
    void takesOverASessionAndTellsTheOldConnection() throws Exception {
        CompletableFuture<Throwable> disconnected = new CompletableFuture<>();
        Mqtt5BlockingClient old = Mqtt5Client.builder()
                .identifier("a")
                .serverHost("127.0.0.1")
                .serverPort(Clients.port(broker))
                .addDisconnectedListener(context -> disconnected.complete(context.getCause()))
                .buildBlocking();
        old.connectWith().sessionExpiryInterval(60).send();
        Mqtt5BlockingClient young = five(broker, "a");
        assertTrue(young.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(60)
                .send()
                .isSessionPresent());
        Mqtt5DisconnectException cause = (Mqtt5DisconnectException) disconnected.get(20, TimeUnit.SECONDS);
        assertEquals(
                Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER,
                cause.getMqttMessage().getReasonCode());
        young.disconnect();
    }

    @Test
    void publishesTheWillOfAClientThatLeavesWithIt() throws InterruptedException {
        Mqtt5BlockingClient watcher = five(broker, "watcher");
        watcher.connect();
        Mqtt5BlockingClient leaving = five(broker, "leaving");
        leaving.connectWith()
                .willPublish()
                .topic("wills")
                .payload(bytes("gone"))
                .qos(MqttQos.AT_LEAST_ONCE)
                .applyWillPublish()
                .send();
        try (Mqtt5Publishes publishes = watcher.publishes(MqttGlobalPublishFilter.ALL)) {
            watcher.subscribeWith().topicFilter("wills").send();
            leaving.disconnectWith()
                    .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
                    .send();
            assertEquals("gone", payload(receive(publishes)));
        }
        watcher.disconnect();
    }

    @Test
    void sharesMessagesAmongTheMembersOfAGroup() throws InterruptedException {
        Mqtt5BlockingClient one = five(broker, "one");
        Mqtt5BlockingClient two = five(broker, "two");
        one.connect();
        two.connect();
        Mqtt5BlockingClient publisher = five(broker, "publisher");
        publisher.connect();
        TreeSet<String> got = new TreeSet<>();
        try (Mqtt5Publishes toOne = one.publishes(MqttGlobalPublishFilter.ALL);
                Mqtt5Publishes toTwo = two.publishes(MqttGlobalPublishFilter.ALL)) {
            one.subscribeWith()
                    .topicFilter("$share/g/s")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            two.subscribeWith()
                    .topicFilter("$share/g/s")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .send();
            one.subscribeWith().topicFilter("end").qos(MqttQos.AT_LEAST_ONCE).send();
            two.subscribeWith().topicFilter("end").qos(MqttQos.AT_LEAST_ONCE).send();
            for (int i = 0; i < 20; i++) {
                publish(publisher, "s", MqttQos.AT_LEAST_ONCE, "m" + i);
            }
            publish(publisher, "end", MqttQos.AT_LEAST_ONCE, "end");
            assertTrue(drain(toOne, got) > 0);
            assertTrue(drain(toTwo, got) > 0);
        }
        assertEquals(20, got.size());
        publisher.disconnect();
        one.disconnect();
        two.disconnect();
    }

    private static int drain(Mqtt5Publishes publishes, Set<String> into) throws InterruptedException {
        int count = 0;
        for (String payload = payload(receive(publishes)); !payload.equals("end"); ) {
            assertTrue(into.add(payload), payload + " came twice");
            count++;
            payload = payload(receive(publishes));
        }
        return count;
    }

    @Test
    void endsASessionWithItsConnectionUnlessItHasAnExpiry() {
        Mqtt5BlockingClient client = five(broker, "a");
        client.connect();
        client.disconnect();
        assertFalse(client.connectWith()
                .cleanStart(false)
                .sessionExpiryInterval(60)
                .send()
                .isSessionPresent());
        client.disconnect();
        assertTrue(client.connectWith().cleanStart(false).send().isSessionPresent());
        client.disconnect();
    }

    @Test
    void dropsAMessageThatExpiredWhileTheBrokerWasDown() throws InterruptedException {
        Mqtt5BlockingClient subscriber = five(broker, "subscriber");
        subscriber.connectWith().sessionExpiryInterval(3600).send();
        subscriber.subscribeWith().topicFilter("t").qos(MqttQos.AT_LEAST_ONCE).send();
        subscriber.disconnect();
        Mqtt5BlockingClient publisher = five(broker, "publisher");
        publisher.connect();
        publisher
                .publishWith()
                .topic("t")
                .qos(MqttQos.AT_LEAST_ONCE)
                .messageExpiryInterval(1)
                .payload(bytes("short"))
                .send();
        publisher
                .publishWith()
                .topic("t")
                .qos(MqttQos.AT_LEAST_ONCE)
                .messageExpiryInterval(1000)
                .payload(bytes("long"))
                .send();
        publisher.disconnect();
        broker.close();
        broker = Broker.start(Clients.config(directory), failure -> fail(failure), tenSecondsOn());
        Mqtt5BlockingClient again = five(broker, "subscriber");
        try (Mqtt5Publishes publishes = again.publishes(MqttGlobalPublishFilter.ALL)) {
            again.connectWith().cleanStart(false).sessionExpiryInterval(3600).send();
            Mqtt5Publish publish = receive(publishes);
            assertEquals("long", payload(publish));
            assertTrue(publish.getMessageExpiryInterval().orElse(0) <= 990);
        }
        again.disconnect();
    }
}
