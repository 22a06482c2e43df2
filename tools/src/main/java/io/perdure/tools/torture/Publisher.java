package io.perdure.tools.torture;

import io.perdure.protocol.packet.Publish;
import io.perdure.protocol.topic.TopicName;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Publishes in bursts, to its topics in turn. */
final class Publisher implements Role {

    private static final int WINDOW = 64;
    private static final int LONGEST_BURST = 24;

    private final int publisher;
    private final Surroundings around;
    private final List<TopicName> topics;
    private final int qos;
    private final boolean retain;
    private final double perSecond;
    private final SplittableRandom random;
    private long nextNs;

    /**
     * @param publisher its number
     * @param perSecond how many messages on average, if the broker takes them
     */
    Publisher(
            int publisher,
            Surroundings around,
            List<TopicName> topics,
            int qos,
            boolean retain,
            double perSecond,
            SplittableRandom random) {
        this.publisher = publisher;
        this.around = around;
        this.topics = topics;
        this.qos = qos;
        this.retain = retain;
        this.perSecond = perSecond;
        this.random = random;
        this.nextNs = System.nanoTime();
    }

    @Override
    public void joined(Client client, boolean newSession) {
        // it has no subscriptions
    }

    @Override
    public long step(Client client, long nowNs) {
        if (nowNs < nextNs || (retain && !around.retaining())) {
            return 0;
        }
        int burst = random.nextInt(1, LONGEST_BURST + 1);
        nextNs = nowNs + (long) (burst / perSecond * TimeUnit.SECONDS.toNanos(1));
        for (int left = burst; left > 0 && client.inFlight() < client.window(WINDOW); left--) {
            Message message = around.judge().next(publisher);
            TopicName topic = topics.get((int) (message.number() % topics.size()));
            int sizeBytes = random.nextInt(50) == 0 ? random.nextInt(4_000, 9_000) : random.nextInt(40, 400);
            client.publish(topic, qos, retain, message, sizeBytes);
        }
        return 0;
    }

    @Override
    public void delivered(Message message, Publish publish, Trace trace) {
        throw new IllegalStateException("a publisher got " + message);
    }
}
