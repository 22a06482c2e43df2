package io.perdure.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient.Mqtt5Publishes;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** MQTT 3.1 over sockets and a real store, byte by byte. */
@Timeout(120)
class Mqtt31Test {

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

    private OldClient connected(String clientId) throws IOException {
        return OldClient.connected(broker, clientId, false);
    }

    @Test
    void exchangesMessagesOfEachQosWithItsOwnKind() throws Exception {
        try (OldClient publisher = connected("publisher");
                OldClient subscriber = connected("subscriber")) {
            subscriber.subscribe("a/+");
            publisher.publish(0x30, "a/0", 0, "zero");
            subscriber.expectPublish(0x30, "a/0", 0, "zero");
            publisher.publish(0x32, "a/1", 7, "one");
            publisher.expect("40 02 00 07");
            subscriber.expectPublish(0x32, "a/1", 2, "one");
            subscriber.send("40 02 00 02");
            publisher.publish(0x34, "a/2", 8, "two");
            publisher.expect("50 02 00 08");
            publisher.send("62 02 00 08");
            publisher.expect("70 02 00 08");
            subscriber.expectPublish(0x34, "a/2", 3, "two");
            subscriber.send("50 02 00 03");
            subscriber.expect("62 02 00 03");
            subscriber.send("70 02 00 03");
            subscriber.send("c0 00");
            subscriber.expect("d0 00");
            subscriber.send("a2 07 00 09 00 03 61 2f 2b");
            subscriber.expect("b0 02 00 09");
            publisher.disconnect();
        }
    }

    @Test
    void exchangesMessagesWithAClientOfAnotherVersion() throws Exception {
        Mqtt5BlockingClient five = Clients.five(broker, "five");
        five.connect();
        try (Mqtt5Publishes toFive = five.publishes(MqttGlobalPublishFilter.ALL);
                OldClient old = connected("old")) {
            five.subscribeWith()
                    .topicFilter("to/five")
                    .qos(MqttQos.EXACTLY_ONCE)
                    .send();
            old.subscribe("to/old");
            old.publish(0x34, "to/five", 5, "hello");
            assertEquals("hello", Clients.payload(Clients.receive(toFive)));
            five.publishWith()
                    .topic("to/old")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .contentType("text/plain")
                    .messageExpiryInterval(60)
                    .userProperties()
                    .add("name", "value")
                    .applyUserProperties()
                    .payload(Clients.bytes("properties"))
                    .send();
            old.expect("50 02 00 05");
            old.expectPublish(0x32, "to/old", 2, "properties");
        }
        five.disconnect();
    }

    @Test
    void keepsARetainedMessageUntilAnEmptyOneComes() throws Exception {
        try (OldClient publisher = connected("publisher")) {
            publisher.publish(0x33, "r", 1, "kept");
            publisher.expect("40 02 00 01");
            try (OldClient subscriber = OldClient.connected(broker, "one", true)) {
                subscriber.subscribe("#");
                subscriber.expectPublish(0x33, "r", 2, "kept");
                publisher.publish(0x31, "r", 0, "");
                subscriber.expectPublish(0x30, "r", 0, "");
            }
            try (OldClient subscriber = OldClient.connected(broker, "two", true)) {
                subscriber.subscribe("#");
                publisher.publish(0x30, "end", 0, "");
                subscriber.expectPublish(0x30, "end", 0, "");
            }
        }
    }

    @Test
    void publishesTheWillOfAConnectionThatIsLost() throws Exception {
        try (OldClient watcher = connected("watcher")) {
            watcher.subscribe("wills/+");
            OldClient.connectedWithWill(broker, "left", "wills/left", "gone").disconnect();
            OldClient.connectedWithWill(broker, "lost", "wills/lost", "gone").close();
            watcher.expectPublish(0x32, "wills/lost", 2, "gone");
        }
    }

    @Test
    void resumesASessionAfterAReconnectAndAfterARestart() throws Exception {
        try (OldClient subscriber = connected("subscriber")) {
            subscriber.subscribe("t");
            try (OldClient publisher = connected("publisher")) {
                publisher.publish(0x32, "t", 1, "one");
                publisher.expect("40 02 00 01");
                publisher.publish(0x34, "t", 2, "two");
                publisher.expect("50 02 00 02");
            }
            subscriber.expectPublish(0x32, "t", 2, "one");
            subscriber.expectPublish(0x34, "t", 3, "two");
        }
        try (OldClient subscriber = connected("subscriber")) {
            subscriber.expectPublish(0x3A, "t", 2, "one");
            subscriber.expectPublish(0x3C, "t", 3, "two");
            subscriber.send("50 02 00 03");
            subscriber.expect("62 02 00 03");
        }
        broker.close();
        start();
        try (OldClient publisher = connected("publisher")) {
            publisher.publish(0x3C, "t", 2, "two");
            publisher.expect("50 02 00 02");
            publisher.send("6a 02 00 02");
            publisher.expect("70 02 00 02");
            publisher.publish(0x32, "t", 3, "three");
            publisher.expect("40 02 00 03");
        }
        try (OldClient subscriber = connected("subscriber")) {
            subscriber.expect("62 02 00 03");
            subscriber.expectPublish(0x3A, "t", 2, "one");
            subscriber.expectPublish(0x32, "t", 4, "three");
            subscriber.send("70 02 00 03 40 02 00 02 40 02 00 04");
            subscriber.disconnect();
        }
        try (OldClient clean = OldClient.connected(broker, "subscriber", true);
                OldClient publisher = connected("publisher")) {
            publisher.publish(0x30, "t", 0, "nobody's");
            clean.subscribe("end");
            publisher.publish(0x30, "end", 0, "end");
            clean.expectPublish(0x30, "end", 0, "end");
        }
    }

    @Test
    void disconnectsTheOlderOfTwoClientsWithTheSameIdentifier() throws Exception {
        try (OldClient older = connected("same")) {
            older.subscribe("t");
            try (OldClient newer = connected("same")) {
                older.expectEnd();
                newer.publish(0x30, "t", 0, "mine");
                newer.expectPublish(0x30, "t", 0, "mine");
            }
        }
    }
}
