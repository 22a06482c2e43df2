package io.perdure.storage.ledger;

import io.perdure.storage.Entry;
import io.perdure.storage.Message;
import io.perdure.storage.Subscription;
import io.perdure.storage.format.Family;
import io.perdure.storage.format.Values;
import io.perdure.storage.format.proto.RetainedValue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings retained messages to new subscriptions, a page at a time; later while space is short. Owned by the ledger's thread.
 *
 * <p>The job is stored in the batch of its subscription, and each page of queue entries in one batch with the job's
 * progress: after a crash the replay goes on where it was. What was retained after the subscription is left out, since
 * its live copy is in the queue. The queue holds replayed messages of QoS 0 too, so that they are paced by the connection
 * instead of being dropped.
 */
final class RetainedReplays {

    private static final int PAGE_ENTRIES = 512;
    private static final int PAGE_BYTES = 1 << 20;
    private static final byte[] BEGINNING = {};

    private final Shard shard;
    private final Deque<Job> jobs = new ArrayDeque<>();

    /** One replay under way. */
    static final class Job {
        final SessionState session;
        final String topicFilter;
        final long position;
        final int maximumQos;
        final int subscriptionId;
        /** The last row that was looked at. */
        byte[] lastKey;

        Job(
                SessionState session,
                String topicFilter,
                long position,
                int maximumQos,
                int subscriptionId,
                byte[] lastKey) {
            this.session = session;
            this.topicFilter = topicFilter;
            this.position = position;
            this.maximumQos = maximumQos;
            this.subscriptionId = subscriptionId;
            this.lastKey = lastKey;
        }
    }

    RetainedReplays(Shard shard) {
        this.shard = shard;
    }

    /** Begins the replay for a subscription; one under way for the same filter is replaced. */
    void begin(SessionState s, Subscription subscription) {
        cancel(s, subscription.topicFilter());
        Job job = new Job(
                s,
                subscription.topicFilter(),
                shard.nextPosition(),
                subscription.maximumQos(),
                subscription.subscriptionId(),
                BEGINNING);
        if (s.recorded) {
            shard.rows().replay(job);
        }
        resume(job);
    }

    /** For recovery: goes on with a stored job. */
    void resume(Job job) {
        job.session.putReplay(job);
        jobs.add(job);
    }

    void cancel(SessionState s, String topicFilter) {
        Job job = s.removeReplay(topicFilter);
        if (job != null) {
            shard.rows().removeReplay(s, topicFilter);
        }
    }

    void cancelAll(SessionState s) {
        for (String topicFilter : List.copyOf(s.replays().keySet())) {
            cancel(s, topicFilter);
        }
    }

    /** The next job that was not cancelled; null if there is none. */
    private @Nullable Job poll() {
        Job job = jobs.poll();
        while (job != null && job.session.replays().get(job.topicFilter) != job) {
            job = jobs.poll();
        }
        return job;
    }

    /**
     * Does one page of one job. To be called when all rows are committed.
     *
     * @return whether there is more to do
     */
    boolean step(long nowMs) {
        Job job = shard.space.holdsReplays() ? null : poll();
        if (job == null) {
            return false;
        }
        if (page(job, nowMs)) {
            if (job.session.recorded) {
                shard.rows().replay(job);
            }
            jobs.add(job);
        } else {
            cancel(job.session, job.topicFilter);
        }
        return !jobs.isEmpty();
    }

    /** Whether there is more in it. */
    private boolean page(Job job, long nowMs) {
        int entries = 0;
        long bytes = 0;
        try (RetainedScan scan = new RetainedScan(shard.engine, job.topicFilter, job.lastKey)) {
            while (scan.next()) {
                if (entries == PAGE_ENTRIES || bytes >= PAGE_BYTES) {
                    return true;
                }
                job.lastKey = scan.key();
                RetainedValue v = Values.parse(RetainedValue.parser(), scan.value(), Family.RETAINED);
                Message m = Values.message(v.getMessage());
                if (v.getPosition() < job.position && !m.expired(nowMs) && !isExcluded(job, v.getPublisher())) {
                    enqueue(job, m);
                    bytes += m.weightBytes();
                }
                entries++;
                scan.advance();
            }
            if (scan.isTired()) {
                job.lastKey = scan.key();
                return true;
            }
        }
        return false;
    }

    /** By No Local, which holds for the Client Identifier whenever it published [MQTT-3.8.3-3]. */
    private static boolean isExcluded(Job job, String publisher) {
        Subscription subscription = job.session.subscriptions().get(job.topicFilter);
        return subscription != null && subscription.noLocal() && job.session.clientId.equals(publisher);
    }

    private void enqueue(Job job, Message m) {
        int[] ids = job.subscriptionId == 0 ? Entry.NO_IDS : new int[] {job.subscriptionId};
        shard.enqueue(job.session, m, Math.min(m.qos(), job.maximumQos), true, ids, 0, null);
    }
}
