package io.perdure.recovery.interop;

import io.perdure.protocol.packet.MqttVersion;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.jspecify.annotations.Nullable;

/** Eclipse Paho Java, MQTT 3.1 and 3.1.1. */
final class Paho3 implements Library {

    @Override
    public String name() {
        return "Paho Java";
    }

    @Override
    public Set<MqttVersion> versions() {
        return Set.of(MqttVersion.V3_1, MqttVersion.V3_1_1);
    }

    @Override
    public Map<Feature, String> lacks(MqttVersion version) {
        return Map.of(Feature.ALL_CHARACTERS, "refuses to send surrogate pairs");
    }

    @Override
    public ForeignClient client(MqttVersion version, String clientId, int port, boolean resuming) throws MqttException {
        return new Client(version, clientId, port, resuming);
    }

    private static final class Client implements ForeignClient, MqttCallbackExtended {

        private final MqttVersion version;
        private final boolean resuming;
        private final Semaphore reconnected = new Semaphore(0);
        private final Inbox inbox;
        private final MqttClient client;

        Client(MqttVersion version, String clientId, int port, boolean resuming) throws MqttException {
            this.version = version;
            this.resuming = resuming;
            inbox = new Inbox(clientId);
            client = new MqttClient("tcp://127.0.0.1:" + port, clientId, new MemoryPersistence());
            client.setTimeToWait(TIMEOUT_MS);
            client.setCallback(this);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            inbox.add(new Message(
                    topic,
                    Message.payload(message.getPayload()),
                    message.getQos(),
                    message.isRetained(),
                    MessageProperties.NONE));
        }

        @Override
        public void connectionLost(Throwable cause) {}

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
            if (reconnect) {
                reconnected.release();
            }
        }

        @Override
        public void deliveryComplete(IMqttDeliveryToken token) {}

        @Override
        public boolean connect(boolean durable, @Nullable Message will) throws MqttException {
            MqttConnectOptions options = new MqttConnectOptions();
            options.setMqttVersion(version.level());
            options.setCleanSession(!durable);
            options.setAutomaticReconnect(resuming);
            options.setMaxReconnectDelay(1_000);
            if (will != null) {
                options.setWill(will.topic(), will.payloadBytes(), will.qos(), will.retain());
            }
            return client.connectWithResult(options).getSessionPresent();
        }

        @Override
        public void subscribe(String topicFilter, int qos, int subscriptionId) throws MqttException {
            client.subscribe(topicFilter, qos);
        }

        @Override
        public void publish(Message message) throws MqttException, InterruptedException {
            boolean accepted = false;
            while (!accepted) {
                try {
                    client.publish(message.topic(), message.payloadBytes(), message.qos(), message.retain());
                    accepted = true;
                } catch (MqttException e) {
                    if (!resuming || !reconnected.tryAcquire(TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
                        throw e;
                    }
                    // what was under way is sent again by the library
                    accepted = e.getReasonCode() != MqttException.REASON_CODE_CLIENT_NOT_CONNECTED;
                }
            }
        }

        @Override
        public Inbox inbox() {
            return inbox;
        }

        @Override
        public void disconnect() throws MqttException {
            client.disconnect();
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
    }
}
