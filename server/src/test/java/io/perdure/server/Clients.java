package io.perdure.server;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.perdure.server.config.BrokerConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** What tests of a broker over sockets have in common. */
final class Clients {

    private Clients() {}

    /** A broker on a free port. */
    static BrokerConfig config(Path directory) {
        return BrokerConfig.defaults()
                .with("data", directory.resolve("store").toString())
                .with("listen", "mqtt://127.0.0.1:0")
                .with("event-loop-threads", "2");
    }

    static int port(Broker broker) {
        return broker.addresses().get(0).getPort();
    }

    static Mqtt5BlockingClient five(Broker broker, String clientId) {
        return Mqtt5Client.builder()
                .identifier(clientId)
                .serverHost("127.0.0.1")
                .serverPort(port(broker))
                .buildBlocking();
    }

    static Mqtt3BlockingClient three(Broker broker, String clientId) {
        return Mqtt3Client.builder()
                .identifier(clientId)
                .serverHost("127.0.0.1")
                .serverPort(port(broker))
                .buildBlocking();
    }

    static Mqtt5Publish receive(Mqtt5BlockingClient.Mqtt5Publishes publishes) throws InterruptedException {
        return publishes.receive(20, TimeUnit.SECONDS).orElseThrow(() -> new AssertionError("nothing came"));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String payload(Mqtt5Publish publish) {
        return new String(publish.getPayloadAsBytes(), StandardCharsets.UTF_8);
    }

    static void publish(Mqtt5BlockingClient client, String topic, MqttQos qos, String payload) {
        client.publishWith().topic(topic).qos(qos).payload(bytes(payload)).send();
    }
}
