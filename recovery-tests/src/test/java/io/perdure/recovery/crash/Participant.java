package io.perdure.recovery.crash;

import io.perdure.recovery.client.MqttClient;
import io.perdure.recovery.client.Packet;
import io.perdure.recovery.client.Payload;
import io.perdure.recovery.client.Trace;
import io.perdure.recovery.client.Version;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SplittableRandom;

/** A client that plays its {@link Role} on a thread of its own, over any number of connections. */
final class Participant {

    private static final long TIMEOUT_MS = 20_000;

    private final Role role;
    private final int index;
    private final Stage stage;
    private final SplittableRandom random;
    private final MqttClient client;
    private final Thread thread;
    private long number;
    private boolean subscribed;
    /** It has asked for a clean start, and goes on asking until it has got one: else it can't know which session it has. */
    private boolean ending;

    private boolean optionalSubscribed;
    private volatile boolean settled;

    /** @param index names what it publishes */
    Participant(Role role, int index, Stage stage, SplittableRandom random, InetSocketAddress address, long originNs) {
        this.role = role;
        this.index = index;
        this.stage = stage;
        this.random = random;
        Trace trace = new Trace(role.options().clientId(), role.options().version(), originNs);
        this.client = new MqttClient(role.options(), address, trace, event -> stage.delivered());
        this.thread = new Thread(this::run, "participant " + role.options().clientId());
        thread.setDaemon(true);
        thread.start();
    }

    Trace trace() {
        return client.trace();
    }

    /** Whether it is connected, and done with publishing, since the run has begun to drain. */
    boolean settled() {
        return settled && client.connected();
    }

    /** Comes back once more, so that the broker would send again what it holds for unacknowledged. */
    void reconnect() throws IOException {
        client.disconnect(TIMEOUT_MS);
        client.connect(cleanStart(), TIMEOUT_MS);
        client.ping(TIMEOUT_MS);
    }

    void leave() {
        client.disconnect(TIMEOUT_MS);
    }

    void join() throws InterruptedException {
        thread.join(TIMEOUT_MS);
        client.close();
    }

    private void run() {
        while (!stage.over()) {
            if (!client.connected()) {
                comeBack();
            } else if (!stage.draining()) {
                step();
            } else if (!settled) {
                client.pause(false);
                client.holdAcks(0);
                settled = client.awaitAcknowledged(TIMEOUT_MS);
            } else {
                stage.pause(TIMEOUT_MS);
            }
        }
    }

    private void comeBack() {
        if (client.trace().size() > 0 && role.returnDelayMs() > 0) {
            stage.pause(random.nextLong(role.returnDelayMs()));
        }
        if (settled || !stage.awaitUp()) {
            stage.pause(100);
            return;
        }
        try {
            Packet.ConnAck answer = client.connect(cleanStart(), TIMEOUT_MS);
            ending = false;
            subscribed &= answer.sessionPresent();
            subscribe();
        } catch (IOException e) {
            stage.pause(2);
        }
    }

    private boolean cleanStart() {
        return ending || role.options().sessionExpiryS() == 0;
    }

    private void subscribe() throws IOException {
        if (!subscribed && !role.filters().isEmpty()) {
            client.subscribe(role.filters(), 0, TIMEOUT_MS);
        }
        subscribed = true;
    }

    private void step() {
        if (!role.optionalFilter().isEmpty() && random.nextInt(8) == 0) {
            changeSubscription();
        }
        if (random.nextDouble() < role.away()) {
            goAway();
        } else if (random.nextDouble() < role.ends()) {
            endSession();
        } else if (random.nextDouble() < role.slow()) {
            client.pause(true);
            stage.pause(random.nextLong(400));
            client.pause(false);
        } else if (!role.topics().isEmpty()) {
            for (int left = random.nextInt(1, 40); left > 0 && publish(); left--) {
                number++;
            }
            stage.pause(random.nextLong(1, 120));
        } else {
            stage.pause(100);
        }
    }

    private void goAway() {
        try {
            switch (random.nextInt(3)) {
                case 0 -> client.disconnect(TIMEOUT_MS);
                case 1 -> client.close();
                default -> {
                    subscribed &= client.takeOver(cleanStart(), TIMEOUT_MS).sessionPresent();
                    subscribe();
                    return;
                }
            }
            stage.pause(random.nextLong(500));
        } catch (IOException e) {
            stage.pause(2);
        }
    }

    private void endSession() {
        try {
            subscribed = false;
            switch (random.nextInt(role.options().version() == Version.V5 ? 3 : 2)) {
                case 0 -> {
                    ending = true;
                    client.close();
                    stage.pause(random.nextLong(200));
                    client.connect(cleanStart(), TIMEOUT_MS);
                }
                case 1 -> {
                    ending = true;
                    client.takeOver(cleanStart(), TIMEOUT_MS);
                }
                default -> {
                    client.endSession(TIMEOUT_MS);
                    return;
                }
            }
            ending = false;
            subscribe();
        } catch (IOException e) {
            stage.pause(2);
        }
    }

    private void changeSubscription() {
        try {
            if (optionalSubscribed) {
                client.unsubscribe(List.of(role.optionalFilter()), TIMEOUT_MS);
            } else {
                client.subscribe(List.of(new Packet.Filter(role.optionalFilter(), 2)), 0, TIMEOUT_MS);
            }
            optionalSubscribed = !optionalSubscribed;
        } catch (IOException e) {
            stage.pause(2);
        }
    }

    private boolean publish() {
        int qos = role.maximumQos() == 3 ? random.nextInt(3) : role.maximumQos();
        String topic = role.topics().get(random.nextInt(role.topics().size()));
        double kind = random.nextDouble();
        int sizeBytes = kind < 0.002 ? 100_000 : kind < 0.02 ? 8_000 : random.nextInt(17, 400);
        long expiryS = -1;
        if (!role.retain() && random.nextDouble() < 0.1) {
            expiryS = random.nextBoolean() ? 1 : 3_600;
        }
        long key = Payload.key(index, number);
        return client.publish(topic, qos, role.retain(), expiryS, Payload.of(key, sizeBytes), TIMEOUT_MS);
    }
}
