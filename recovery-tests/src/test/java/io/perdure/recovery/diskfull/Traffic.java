package io.perdure.recovery.diskfull;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionClosedException;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import com.hivemq.client.mqtt.mqtt5.message.connect.Mqtt5Connect;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Numbered messages for one session that is away, and what became of them. */
final class Traffic {

    private static final String TOPIC = "disk/full";
    private static final String CONSUMER = "consumer";
    private static final int WINDOW = 64;

    private final int payloadBytes;
    private final SplittableRandom noise = new SplittableRandom(1);
    private final TreeSet<Integer> acknowledged = new TreeSet<>();
    private int next;
    private int refused;
    private @Nullable Throwable failure;

    Traffic(int payloadBytes) {
        this.payloadBytes = payloadBytes;
    }

    static Mqtt5AsyncClient client(InetSocketAddress address, String clientId) {
        return Mqtt5Client.builder()
                .identifier(clientId)
                .serverHost(address.getHostString())
                .serverPort(address.getPort())
                .buildAsync();
    }

    static Mqtt5Connect connect(boolean cleanStart) {
        return Mqtt5Connect.builder().cleanStart(cleanStart).noSessionExpiry().build();
    }

    /** Makes the session. */
    void subscribe(InetSocketAddress address) {
        Mqtt5BlockingClient client = client(address, CONSUMER).toBlocking();
        client.connect(connect(true));
        client.subscribeWith().topicFilter(TOPIC).qos(MqttQos.EXACTLY_ONCE).send();
        client.disconnect();
    }

    /**
     * Resumes a session of its own, with a Will that is stored with it.
     *
     * @return false if the broker is gone
     */
    static boolean connectAndLeave(InetSocketAddress address, byte[] will) {
        Mqtt5BlockingClient client = client(address, "visitor").toBlocking();
        try {
            client.connect(Mqtt5Connect.builder()
                    .cleanStart(false)
                    .noSessionExpiry()
                    .willPublish()
                    .topic("will")
                    .payload(will)
                    .applyWillPublish()
                    .build());
            client.disconnect();
            return true;
        } catch (ConnectionFailedException | ConnectionClosedException e) {
            return false;
        }
    }

    /**
     * Publishes, one of three at QoS 2, until one is refused or the connection fails, at most so many.
     *
     * @return whether one was refused
     */
    boolean publish(InetSocketAddress address, String clientId, int most) throws InterruptedException {
        Mqtt5AsyncClient client = client(address, clientId);
        client.toBlocking().connect();
        Semaphore window = new Semaphore(WINDOW);
        int refusedBefore = refused();
        for (int i = 0; i < most && refused() == refusedBefore && failure() == null; i++) {
            window.acquire();
            int number = next++;
            CompletableFuture<?> unused = client.publish(message(number)).whenComplete((result, e) -> {
                completed(number, result, e);
                window.release();
            });
        }
        if (!window.tryAcquire(WINDOW, 60, TimeUnit.SECONDS)) {
            throw new AssertionError("no answer to some messages");
        }
        if (failure() == null) {
            client.toBlocking().disconnect();
        }
        return refused() > refusedBefore;
    }

    private Mqtt5Publish message(int number) {
        byte[] payload = new byte[payloadBytes];
        noise.nextBytes(payload);
        ByteBuffer.wrap(payload).putInt(number);
        return Mqtt5Publish.builder()
                .topic(TOPIC)
                .qos(number % 3 == 0 ? MqttQos.EXACTLY_ONCE : MqttQos.AT_LEAST_ONCE)
                .payload(payload)
                .build();
    }

    private synchronized void completed(int number, @Nullable Mqtt5PublishResult result, @Nullable Throwable thrown) {
        Throwable e = thrown;
        if (e == null && result != null) {
            e = result.getError().orElse(null);
        }
        if (e == null) {
            acknowledged.add(number);
        } else if (e instanceof Mqtt5PubAckException || e instanceof Mqtt5PubRecException) {
            refused++;
        } else {
            failure = e;
        }
    }

    private synchronized int refused() {
        return refused;
    }

    /** Why the connection of the publisher ended, if it did. */
    synchronized @Nullable Throwable failure() {
        return failure;
    }

    synchronized int acknowledged() {
        return acknowledged.size();
    }

    /** Receives everything, and checks that each that was acknowledged comes, once, in the order of each QoS. */
    void drain(InetSocketAddress address) throws InterruptedException {
        Mqtt5AsyncClient client = client(address, CONSUMER);
        Received received = new Received();
        client.publishes(MqttGlobalPublishFilter.ALL, received::add);
        if (!client.toBlocking().connect(connect(false)).isSessionPresent()) {
            throw new AssertionError("the session of the consumer is gone");
        }
        TreeSet<Integer> expected;
        synchronized (this) {
            expected = new TreeSet<>(acknowledged);
            acknowledged.clear();
        }
        received.await(expected);
        client.toBlocking().disconnect();
    }

    /** What has come. */
    private static final class Received {
        private final TreeSet<Integer> numbers = new TreeSet<>();
        private final int[] last = {-1, -1, -1};
        private @Nullable String fault;

        synchronized void add(Mqtt5Publish publish) {
            int number = ByteBuffer.wrap(publish.getPayloadAsBytes()).getInt();
            int qos = publish.getQos().getCode();
            if (number <= last[qos]) {
                fault = number + " after " + last[qos];
            }
            last[qos] = number;
            numbers.add(number);
            notifyAll();
        }

        synchronized void await(Set<Integer> expected) throws InterruptedException {
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (!numbers.containsAll(expected)) {
                long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
                if (leftMs <= 0) {
                    TreeSet<Integer> lost = new TreeSet<>(expected);
                    lost.removeAll(numbers);
                    throw new AssertionError(lost.size() + " acknowledged messages are lost: " + lost);
                }
                wait(leftMs);
            }
            if (fault != null) {
                throw new AssertionError("out of order: " + fault);
            }
        }
    }
}
