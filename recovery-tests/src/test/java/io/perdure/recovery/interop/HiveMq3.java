package io.perdure.recovery.interop;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3BlockingClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.perdure.protocol.packet.MqttVersion;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The HiveMQ MQTT client, MQTT 3.1.1. */
final class HiveMq3 implements Library {

    @Override
    public String name() {
        return "HiveMQ client";
    }

    @Override
    public Set<MqttVersion> versions() {
        return Set.of(MqttVersion.V3_1_1);
    }

    @Override
    public Map<Feature, String> lacks(MqttVersion version) {
        return Map.of();
    }

    @Override
    public ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) {
        return new Client(clientId, port, resuming);
    }

    private static final class Client implements ForeignClient {

        private final Inbox inbox;
        private final Mqtt3BlockingClient client;

        Client(String clientId, int port, boolean resuming) {
            inbox = new Inbox(clientId);
            Mqtt3ClientBuilder builder = Mqtt3Client.builder()
                    .identifier(clientId)
                    .serverHost("127.0.0.1")
                    .serverPort(port);
            client = (resuming
                            ? builder.automaticReconnect()
                                    .initialDelay(100, TimeUnit.MILLISECONDS)
                                    .maxDelay(500, TimeUnit.MILLISECONDS)
                                    .applyAutomaticReconnect()
                            : builder)
                    .buildBlocking();
            client.toAsync().publishes(MqttGlobalPublishFilter.ALL, publish -> inbox.add(of(publish)));
        }

        private static Message of(Mqtt3Publish publish) {
            return new Message(
                    publish.getTopic().toString(),
                    Message.payload(publish.getPayloadAsBytes()),
                    publish.getQos().getCode(),
                    publish.isRetain(),
                    MessageProperties.NONE);
        }

        private static Mqtt3Publish of(Message message) {
            return Mqtt3Publish.builder()
                    .topic(message.topic())
                    .payload(message.payloadBytes())
                    .qos(qos(message.qos()))
                    .retain(message.retain())
                    .build();
        }

        private static MqttQos qos(int qos) {
            return Objects.requireNonNull(MqttQos.fromCode(qos));
        }

        @Override
        public boolean connect(boolean durable, @Nullable Message will) {
            return client.connectWith()
                    .cleanSession(!durable)
                    .willPublish(will == null ? null : of(will))
                    .send()
                    .isSessionPresent();
        }

        @Override
        public void subscribe(String topicFilter, int qos, int subscriptionId) {
            client.subscribeWith().topicFilter(topicFilter).qos(qos(qos)).send();
        }

        @Override
        public void publish(Message message) {
            client.publish(of(message));
        }

        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public void disconnect() {
            client.disconnect();
        }

        @Override
        public void close() {
            if (client.getState().isConnected()) {
                client.disconnect();
            }
        }
    }
}
