package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import io.perdure.protocol.packet.UserProperty;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.jspecify.annotations.Nullable;

/** Eclipse Paho Java, MQTT 5.0. */
final class Paho5 implements Library {

    /** It tells of every PUBCOMP; held, since its level would be collected with it. */
    private final Logger log = Logger.getLogger("org.eclipse.paho.mqttv5");

    Paho5() {
        log.setLevel(Level.WARNING);
    }

    @Override
    public String name() {
        return "Paho Java";
    }

    @Override
    public Set<MqttVersion> versions() {
        return Set.of(MqttVersion.V5);
    }

    @Override
    public Map<Feature, String> lacks(MqttVersion version) {
        return Map.of(
                Feature.RESUMPTION,
                "hands over twice what was repeated, and repeats with Topic Aliases of the last connection");
    }

    @Override
    public ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) throws MqttException {
        return new Client(clientId, port);
    }

    private static final class Client implements ForeignClient, MqttCallback {

        private final Inbox inbox;
        private final MqttAsyncClient client;

        Client(String clientId, int port) throws MqttException {
            inbox = new Inbox(clientId);
            client = new MqttAsyncClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
            client.setCallback(this);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            inbox.add(new Message(
                    topic,
                    Message.payload(message.getPayload()),
                    message.getQos(),
                    message.isRetained(),
                    of(message.getProperties())));
        }

        private static MessageProperties of(MqttProperties properties) {
            Long expiryS = properties.getMessageExpiryInterval();
            byte[] correlationData = properties.getCorrelationData();
            return new MessageProperties(
                    properties.getPayloadFormat(),
                    expiryS == null ? -1 : expiryS,
                    properties.getContentType(),
                    properties.getResponseTopic(),
                    correlationData == null ? null : Message.payload(correlationData),
                    properties.getUserProperties().stream()
                            .map(p -> new UserProperty(p.getKey(), p.getValue()))
                            .toList(),
                    List.copyOf(properties.getSubscriptionIdentifiers()));
        }

        private static MqttMessage of(Message message) {
            MessageProperties given = message.properties();
            MqttProperties properties = new MqttProperties();
            properties.setPayloadFormat(given.utf8());
            if (given.expiryS() >= 0) {
                properties.setMessageExpiryInterval(given.expiryS());
            }
            properties.setContentType(given.contentType());
            properties.setResponseTopic(given.responseTopic());
            String correlationData = given.correlationData();
            if (correlationData != null) {
                properties.setCorrelationData(correlationData.getBytes(StandardCharsets.ISO_8859_1));
            }
            properties.setUserProperties(given.userProperties().stream()
                    .map(p -> new org.eclipse.paho.mqttv5.common.packet.UserProperty(p.name(), p.value()))
                    .toList());
            return new MqttMessage(message.payloadBytes(), message.qos(), message.retain(), properties);
        }

        @Override
        public boolean connect(boolean durable, @Nullable Message will) throws MqttException {
            MqttConnectionOptions options = new MqttConnectionOptions();
            options.setCleanStart(!durable);
            options.setSessionExpiryInterval(durable ? (long) SESSION_EXPIRY_S : 0L);
            if (will != null) {
                options.setWill(will.topic(), of(will));
            }
            IMqttToken token = client.connect(options);
            token.waitForCompletion(TIMEOUT_MS);
            return token.getSessionPresent();
        }

        @Override
        public void subscribe(String topicFilter, int qos, int subscriptionId) throws MqttException {
            MqttProperties properties = new MqttProperties();
            if (subscriptionId != 0) {
                properties.setSubscriptionIdentifier(subscriptionId);
            }
            MqttSubscription[] subscriptions = {new MqttSubscription(topicFilter, qos)};
            client.subscribe(subscriptions, null, null, properties).waitForCompletion(TIMEOUT_MS);
        }

        @Override
        public void publish(Message message) throws MqttException {
            client.publish(message.topic(), of(message)).waitForCompletion(TIMEOUT_MS);
        }

        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public void disconnect() throws MqttException {
            client.disconnect().waitForCompletion(TIMEOUT_MS);
        }

        @Override
        public void close() {
            try {
                if (client.isConnected()) {
                    disconnect();
                }
                client.close();
            } catch (MqttException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {}

        @Override
        public void mqttErrorOccurred(MqttException exception) {}

        @Override
        public void deliveryComplete(IMqttToken token) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {}

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {}
    }
}
