package io.perdure.jmh.storage.ledger;

import io.perdure.storage.Attachment;
import io.perdure.storage.Command;
import io.perdure.storage.Delivery;
import io.perdure.storage.Entry;
import io.perdure.storage.Lane;
import io.perdure.storage.Page;
import io.perdure.storage.SessionLink;
import io.perdure.storage.Store;
import io.perdure.storage.Submission;
import io.perdure.storage.Subscription;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that acknowledges all it gets, at once, on the ledger's thread. Its other methods are for the benchmark's
 * thread.
 */
final class BenchClient implements SessionLink {

    private final Lane lane = Runnable::run;
    private final Store store;
    private final Runnable published;
    private final IntConsumer received;
    private final Semaphore answered = new Semaphore(0);
    private volatile @Nullable Attachment attachment;
    private long wanted;

    /**
     * @param published runs when a submission of PUBLISHes is durable
     * @param received gets how many messages have arrived
     */
    BenchClient(Store store, Runnable published, IntConsumer received) {
        this.store = store;
        this.published = published;
        this.received = received;
    }

    /** Attaches to a new session that does not expire, and waits. */
    void attach(String clientId) throws InterruptedException {
        Submission attach = submission();
        attach.add(new Command.Attach(clientId, true, Command.NO_EXPIRY, null, 65_535));
        store.submit(attach);
        answered.acquire();
    }

    /** Subscribes at QoS 1, and waits. */
    void subscribe(@Nullable String shareName, String topicFilter) throws InterruptedException {
        Attachment a = attachment;
        if (a == null) {
            throw new IllegalStateException("not attached");
        }
        Submission subscribe = submission();
        subscribe.add(new Command.Subscribe(
                1, List.of(new Subscription(a.session(), topicFilter, shareName, 1, false, false, 0, 0))));
        store.submit(subscribe);
        answered.acquire();
    }

    /** Ends the connection; the session stays. */
    void detach() {
        Submission detach = submission();
        detach.add(new Command.Detach(Command.DetachReason.CLIENT_LEFT, wanted, -1));
        store.submit(detach);
    }

    Submission submission() {
        Attachment a = attachment;
        return a == null ? new Submission(this, null, 0) : new Submission(this, a.session(), a.generation());
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public void completed(Submission submission) {
        if (submission.commands().isEmpty()) {
            return;
        }
        Command first = submission.commands().get(0);
        if (first instanceof Command.Attach attach) {
            attachment = attach.attachment();
            answered.release();
        } else if (first instanceof Command.Subscribe) {
            answered.release();
        } else {
            published.run();
        }
    }

    @Override
    public void deliver(Delivery delivery) {
        Submission s = submission();
        for (Entry e : delivery.entries()) {
            s.finished(e.sequence());
        }
        if (delivery.toSequence() > wanted - 2048) {
            wanted = delivery.toSequence() + 4096;
            s.wantSentLimit(wanted);
        }
        received.accept(delivery.entries().size());
        store.submit(s);
    }

    @Override
    public void page(Page page) {}

    @Override
    public void takeOver(long generation) {}

    @Override
    public void flush() {}
}
