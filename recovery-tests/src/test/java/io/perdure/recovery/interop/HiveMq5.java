package io.perdure.recovery.interop;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.datatypes.MqttTopic;
import com.hivemq.client.mqtt.datatypes.MqttUtf8String;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.UserProperty;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The HiveMQ MQTT client, MQTT 5.0. */
final class HiveMq5 implements Library {

    @Override
    public String name() {
        return "HiveMQ client";
    }

    @Override
    public Set<MqttVersion> versions() {
        return Set.of(MqttVersion.V5);
    }

    @Override
    public Map<Feature, String> lacks(MqttVersion version) {
        return Map.of(Feature.SUBSCRIPTION_IDENTIFIERS, "keeps Subscription Identifiers to itself");
    }

    @Override
    public ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) {
        return new Client(clientId, port, resuming);
    }

    private static final class Client implements ForeignClient {

        private final Inbox inbox;
        private final Mqtt5BlockingClient client;

        Client(String clientId, int port, boolean resuming) {
            inbox = new Inbox(clientId);
            Mqtt5ClientBuilder builder = Mqtt5Client.builder()
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

        private static Message of(Mqtt5Publish publish) {
            List<UserProperty> userProperties = publish.getUserProperties().asList().stream()
                    .map(p -> new UserProperty(
                            p.getName().toString(), p.getValue().toString()))
                    .toList();
            MessageProperties properties = new MessageProperties(
                    publish.getPayloadFormatIndicator()
                            .filter(Mqtt5PayloadFormatIndicator.UTF_8::equals)
                            .isPresent(),
                    publish.getMessageExpiryInterval().orElse(-1),
                    publish.getContentType().map(MqttUtf8String::toString).orElse(null),
                    publish.getResponseTopic().map(MqttTopic::toString).orElse(null),
                    publish.getCorrelationData()
                            .map(b -> StandardCharsets.ISO_8859_1.decode(b).toString())
                            .orElse(null),
                    userProperties,
                    List.of());
            return new Message(
                    publish.getTopic().toString(),
                    Message.payload(publish.getPayloadAsBytes()),
                    publish.getQos().getCode(),
                    publish.isRetain(),
                    properties);
        }

        private static Mqtt5Publish of(Message message) {
            MessageProperties properties = message.properties();
            List<Mqtt5UserProperty> userProperties = properties.userProperties().stream()
                    .map(p -> Mqtt5UserProperty.of(p.name(), p.value()))
                    .toList();
            String correlationData = properties.correlationData();
            Mqtt5PublishBuilder.Complete builder = Mqtt5Publish.builder()
                    .topic(message.topic())
                    .payload(message.payloadBytes())
                    .qos(qos(message.qos()))
                    .retain(message.retain())
                    .payloadFormatIndicator(properties.utf8() ? Mqtt5PayloadFormatIndicator.UTF_8 : null)
                    .contentType(properties.contentType())
                    .responseTopic(properties.responseTopic())
                    .correlationData(
                            correlationData == null
                                    ? null
                                    : ByteBuffer.wrap(correlationData.getBytes(StandardCharsets.ISO_8859_1)))
                    .userProperties(Mqtt5UserProperties.of(userProperties));
            return properties.expiryS() < 0
                    ? builder.build()
                    : builder.messageExpiryInterval(properties.expiryS()).build();
        }

        private static MqttQos qos(int qos) {
            return Objects.requireNonNull(MqttQos.fromCode(qos));
        }

        @Override
        public boolean connect(boolean durable, @Nullable Message will) {
            return client.connectWith()
                    .cleanStart(!durable)
                    .sessionExpiryInterval(durable ? SESSION_EXPIRY_S : 0)
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
