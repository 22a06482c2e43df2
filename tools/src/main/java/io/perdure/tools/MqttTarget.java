package io.perdure.tools;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientConfig;
import com.hivemq.client.mqtt.mqtt5.advanced.interceptor.qos2.Mqtt5OutgoingQos2Interceptor;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5MessageException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubcomp.Mqtt5PubComp;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrec.Mqtt5PubRec;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrel.Mqtt5PubRel;
import com.hivemq.client.mqtt.mqtt5.message.publish.pubrel.Mqtt5PubRelBuilder;
import io.perdure.protocol.packet.PublishProperties;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** A broker that is published to over one MQTT 5.0 connection, with a clean session and no reconnect. */
final class MqttTarget implements ReplayTarget {

    private static final long CONNECT_MS = 10_000;
    private static final long DISCONNECT_MS = 3_000;

    private final Mqtt5AsyncClient client;
    private final AtomicLong completedQos2 = new AtomicLong();
    private final AtomicLong reportedQos2 = new AtomicLong();
    private volatile boolean lost;
    private volatile String lostBecause = "";

    private MqttTarget(MqttAddress address) {
        Mqtt5ClientBuilder builder = Mqtt5Client.builder()
                .identifier("perdure-replay-" + UUID.randomUUID().toString().substring(0, 8))
                .transportConfig()
                .serverHost(address.host())
                .serverPort(address.port())
                .socketConnectTimeout(CONNECT_MS, TimeUnit.MILLISECONDS)
                .mqttConnectTimeout(CONNECT_MS, TimeUnit.MILLISECONDS)
                .applyTransportConfig()
                .addDisconnectedListener(this::disconnected)
                .advancedConfig()
                .interceptors()
                .outgoingQos2Interceptor(new CompletionCounter())
                .applyInterceptors()
                .applyAdvancedConfig();
        Mqtt5SimpleAuth auth = auth(address);
        client = (auth == null ? builder : builder.simpleAuth(auth)).buildAsync();
    }

    /**
     * Connects.
     *
     * @throws CommandException if the broker can't be reached or refuses the connection
     */
    static MqttTarget connect(MqttAddress address) {
        MqttTarget target = new MqttTarget(address);
        try {
            target.client.connect().get(2 * CONNECT_MS, TimeUnit.MILLISECONDS);
            return target;
        } catch (ExecutionException e) {
            throw new CommandException("can't connect to " + address + ": " + described(e));
        } catch (TimeoutException e) {
            target.close();
            throw new CommandException("can't connect to " + address + ": no answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted while connecting to " + address);
        }
    }

    private void disconnected(MqttClientDisconnectedContext context) {
        lostBecause = ", " + described(context.getCause());
        lost = true;
    }

    private static @Nullable Mqtt5SimpleAuth auth(MqttAddress address) {
        String user = address.user();
        if (user == null) {
            return null;
        }
        String password = address.password();
        var named = Mqtt5SimpleAuth.builder().username(user);
        return password == null
                ? named.build()
                : named.password(password.getBytes(StandardCharsets.UTF_8)).build();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what completes it is told to the answer
    public void publish(Outgoing outgoing, long nowMs, Answer answer) {
        Mqtt5Publish publish;
        try {
            publish = toPublish(outgoing, nowMs);
        } catch (IllegalArgumentException e) {
            answer.done(e.getMessage());
            return;
        }
        boolean qos2 = outgoing.qos() == 2;
        client.publish(publish).whenComplete((result, failure) -> answer.done(failure(result, failure, qos2)));
    }

    private @Nullable String failure(@Nullable Mqtt5PublishResult result, @Nullable Throwable failure, boolean qos2) {
        if (failure != null) {
            return refusal(failure);
        }
        Throwable error = result == null ? null : result.getError().orElse(null);
        if (error != null) {
            return refusal(error);
        }
        boolean unconfirmed = qos2 && reportedQos2.incrementAndGet() > completedQos2.get();
        return unconfirmed ? "the target has it, but the connection was lost before PUBCOMP" + lostBecause : null;
    }

    private String refusal(Throwable failure) {
        boolean answered = failure instanceof Mqtt5MessageException;
        return answered || !lost ? described(failure) : "the connection was lost" + lostBecause;
    }

    /** What the broker said, if it said something; otherwise what went wrong first. */
    private static String described(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof Mqtt5MessageException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof Mqtt5PubAckException refused) {
            return "refused: " + refused.getMqttMessage().getReasonCode();
        }
        if (cause instanceof Mqtt5PubRecException refused) {
            return "refused: " + refused.getMqttMessage().getReasonCode();
        }
        if (cause instanceof Mqtt5ConnAckException refused) {
            return "refused: " + refused.getMqttMessage().getReasonCode();
        }
        if (cause instanceof Mqtt5DisconnectException closed) {
            return "closed by the target: " + closed.getMqttMessage().getReasonCode();
        }
        String message = cause.getMessage();
        return message == null ? cause.getClass().getSimpleName() : message;
    }

    private static Mqtt5Publish toPublish(Outgoing outgoing, long nowMs) {
        Mqtt5PublishBuilder.Complete builder = Mqtt5Publish.builder()
                .topic(outgoing.topic())
                .payload(outgoing.message().payload())
                .qos(qos(outgoing.qos()))
                .retain(outgoing.retain());
        long expiryS = outgoing.expiryLeftS(nowMs);
        if (expiryS >= 0) {
            builder = builder.messageExpiryInterval(expiryS);
        }
        PublishProperties properties =
                PublishProperties.decode(outgoing.message().properties());
        if (properties.payloadFormatIndicator() >= 0) {
            builder = builder.payloadFormatIndicator(
                    properties.payloadFormatIndicator() == 1
                            ? Mqtt5PayloadFormatIndicator.UTF_8
                            : Mqtt5PayloadFormatIndicator.UNSPECIFIED);
        }
        String contentType = properties.contentType();
        if (contentType != null) {
            builder = builder.contentType(contentType);
        }
        String responseTopic = properties.responseTopic();
        if (responseTopic != null) {
            builder = builder.responseTopic(responseTopic);
        }
        byte[] correlationData = properties.correlationData();
        if (correlationData != null) {
            builder = builder.correlationData(correlationData);
        }
        if (!properties.userProperties().isEmpty()) {
            builder = builder.userProperties(Mqtt5UserProperties.of(properties.userProperties().stream()
                    .map(p -> Mqtt5UserProperty.of(p.name(), p.value()))
                    .toArray(Mqtt5UserProperty[]::new)));
        }
        return builder.build();
    }

    private static MqttQos qos(int qos) {
        return switch (qos) {
            case 0 -> MqttQos.AT_MOST_ONCE;
            case 1 -> MqttQos.AT_LEAST_ONCE;
            default -> MqttQos.EXACTLY_ONCE;
        };
    }

    @Override
    public boolean lost() {
        return lost;
    }

    @Override
    public void close() {
        if (lost) {
            return;
        }
        try {
            client.disconnect().get(DISCONNECT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException alreadyGone) {
            lost = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Tells a PUBCOMP from the end of the connection, which the client takes for one. */
    private final class CompletionCounter implements Mqtt5OutgoingQos2Interceptor {

        @Override
        public void onPubRec(
                Mqtt5ClientConfig config, Mqtt5Publish publish, Mqtt5PubRec pubRec, Mqtt5PubRelBuilder pubRel) {}

        @Override
        public void onPubRecError(Mqtt5ClientConfig config, Mqtt5Publish publish, Mqtt5PubRec pubRec) {}

        @Override
        public void onPubComp(Mqtt5ClientConfig config, Mqtt5PubRel pubRel, Mqtt5PubComp pubComp) {
            completedQos2.incrementAndGet();
        }
    }
}
